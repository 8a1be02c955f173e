/** Is a value made up by a machine? Told by its kinds of characters and by how evenly they are spread. */

const hexOnly = /^[0-9a-f]+$|^[0-9A-F]+$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Shannon's entropy, in bits for each character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** Something that a person wouldn't write: digits among letters, spread evenly. */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || !/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false
  if (uuid.test(value)) return true
  // A short text has fewer bits for each character than a long one of the same making.
  const needed = hexOnly.test(value) ? 2.6 : value.length < 16 ? 2.7 : 3.2
  return entropyOf(value) >= needed && !isOrdinary(value)
}

const path = /^(?:\.{0,2}|~)\/[a-z_.-]+(?:\/|$)|^[A-Za-z]:\\/

/** Numbers with units, versions, dates and times, paths, file names, addresses of hosts. */
const ordinary = [
  /^v?\d+(?:\.\d+)+(?:-[a-z]+(?:\.\d+)?)?$/i,
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.{0,20})?$/,
  path,
  /^0x[0-9a-f]{1,8}$/i,
  /^https?:/,
  /\.(?:json|ya?ml|txt|pem|key|crt|js|ts|py|md|html?|sh|env|cfg|conf|ini|log)$/i,
  /^[a-z]+(?:[-_.][a-z]+)*[-_.]?\d{1,3}$/i,
]

export function isPath(value: string): boolean {
  return path.test(value)
}

function isOrdinary(value: string): boolean {
  return ordinary.some((kind) => kind.test(value))
}
