/** What a transaction asks for can never be done. Caught where the transaction is written down. */
export class InvalidWrite extends Error {
  override readonly name = 'InvalidWrite'
}
