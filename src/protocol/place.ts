/** Where a value stands in another, as messages name it: `a.b[3]`; of a deep one the innermost steps alone. */

const stepsTold = 8
const keyLength = 64

/** @param steps from the value outwards: keys of maps, places in lists */
export const placeName = (steps: Iterable<string | number>): string => {
  let name = ''
  let told = 0
  for (const step of steps) {
    if (told++ === stepsTold) return `…${name}`
    name = (typeof step === 'number' ? `[${step}]` : `.${shortened(step)}`) + name
  }
  return name.replace(/^\./, '')
}

const shortened = (key: string): string => (key.length > keyLength ? `${key.slice(0, keyLength)}…` : key)
