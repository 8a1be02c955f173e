/** A place in a list, as the opaque text that clients send back: what it points at, by the list it is of. */

/** A few texts and numbers. */
export type Cursor = readonly (string | number | null)[]

export const encodeCursor = (list: string, cursor: Cursor): string =>
  Buffer.from(JSON.stringify([list, ...cursor])).toString('base64url')

/** Null where it is no cursor of this list. */
export const decodeCursor = (list: string, text: string): Cursor | null => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(parts) && parts[0] === list ? (parts.slice(1) as Cursor) : null
  } catch {
    return null
  }
}
