/** The bytes are not what the protocol allows. `message` says what is wrong with them. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}
