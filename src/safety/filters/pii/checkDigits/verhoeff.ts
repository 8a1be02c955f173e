/** J. Verhoeff, Error Detecting Decimal Codes (1969): the dihedral group of the pentagon. Used by Aadhaar. */

const zero = 0x30

/** Products in the group: 0 to 4 turn, 5 to 9 turn and flip. */
const products: readonly number[] = Array.from({ length: 100 }, (_, i) => product(Math.floor(i / 10), i % 10))

/** What a digit becomes by its place, which repeats after eight. */
const permutations: readonly (readonly number[])[] = placePermutations([1, 5, 7, 6, 2, 8, 3, 0, 9, 4])

/** `digits` are nothing but ASCII digits, the check digit last. */
export function isVerhoeff(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - zero
    sum = products[sum * 10 + (permutations[i % 8]?.[digit] ?? 0)] ?? 0
  }
  return sum === 0
}

function product(a: number, b: number): number {
  const turn = a < 5 ? a + (b % 5) : a - (b % 5)
  const isFlipped = a < 5 !== b < 5
  return (((turn % 5) + 5) % 5) + (isFlipped ? 5 : 0)
}

function placePermutations(first: readonly number[]): readonly (readonly number[])[] {
  const all = [first.map((_, digit) => digit)]
  for (let place = 1; place < 8; place += 1) all.push((all.at(-1) ?? []).map((digit) => first[digit] ?? 0))
  return all
}
