/** How many digits telephone numbers have in which country: ITU-T E.164 and the list of its codes (2016, and notices). */

const oneOrTwoDigitCodes = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
)
const threeDigitCode = /^(?:2[1-69]|3[578]|42|5[09]|6[789]|80|85|8[78]|9[679])\d/

/** Digits after the country's code, fewest and most, where they are known closer than that. */
const lengths: ReadonlyMap<string, readonly [fewest: number, most: number]> = new Map([
  ['1', [10, 10]],
  ['7', [10, 10]],
  ['27', [9, 9]],
  ['31', [9, 9]],
  ['32', [8, 9]],
  ['33', [9, 9]],
  ['34', [9, 9]],
  ['41', [9, 9]],
  ['44', [9, 10]],
  ['45', [8, 8]],
  ['46', [7, 10]],
  ['47', [8, 8]],
  ['48', [9, 9]],
  ['52', [10, 11]],
  ['55', [10, 11]],
  ['61', [9, 9]],
  ['81', [9, 10]],
  ['86', [10, 11]],
  ['91', [10, 10]],
  ['351', [9, 9]],
])
const anyLengths: readonly [number, number] = [6, 12]

/** `digits` begin with the country's code. */
export function isPhoneAbroad(digits: string): boolean {
  const code = codeOf(digits)
  if (code === undefined) return false
  const [fewest, most] = lengths.get(code) ?? anyLengths
  const rest = digits.length - code.length
  if (code === '1' && digits.charAt(1) < '2') return false
  return rest >= fewest && rest <= most
}

function codeOf(digits: string): string | undefined {
  for (const size of [1, 2]) {
    const code = digits.slice(0, size)
    if (oneOrTwoDigitCodes.has(code)) return code
  }
  return threeDigitCode.test(digits) ? digits.slice(0, 3) : undefined
}
