/** A number in letters: `a` is 0, `z` 25, `ba` 26. Digits in an output might be taken for somebody's card number. */
export function letters(n: number): string {
  const rest = Math.floor(n / 26)
  return (rest > 0 ? letters(rest) : '') + String.fromCharCode(97 + (n % 26))
}
