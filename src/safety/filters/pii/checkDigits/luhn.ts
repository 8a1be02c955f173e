/** ISO/IEC 7812-1, annex B: payment cards, and the numbers of several registers of people. */

const zero = 0x30

/** `digits` are nothing but ASCII digits, the check digit last. */
export function isLuhn(digits: string): boolean {
  let sum = 0
  let isDoubled = false
  for (let at = digits.length - 1; at >= 0; at -= 1) {
    const digit = digits.charCodeAt(at) - zero
    sum += isDoubled ? (digit < 5 ? digit * 2 : digit * 2 - 9) : digit
    isDoubled = !isDoubled
  }
  return sum % 10 === 0
}
