/** ISO/IEC 7064, MOD 11,10: the German tax id. */

import { digitAt } from './weighted.js'

/** `digits` are nothing but ASCII digits, the check digit last. */
export function isMod11of10(digits: string): boolean {
  let product = 10
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (digitAt(digits, at) + product) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1)
}
