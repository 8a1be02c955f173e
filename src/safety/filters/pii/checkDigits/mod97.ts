/** ISO/IEC 7064, MOD 97-10: IBANs and, with a key of its own, the French NIR. */

const zero = 0x30

/** The rest of a decimal number of any length; letters count as 10 to 35, in either case. */
export function mod97(signs: string): number {
  let rest = 0
  for (let at = 0; at < signs.length; at += 1) {
    const unit = signs.charCodeAt(at)
    rest = unit < 0x40 ? (rest * 10 + unit - zero) % 97 : (rest * 100 + (unit & 0x1f) + 9) % 97
  }
  return rest
}
