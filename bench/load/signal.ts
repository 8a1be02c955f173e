/** A promise to be kept from outside. */
export const signal = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}
