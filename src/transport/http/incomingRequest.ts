/**
 * A request as Node's parser makes it, but that only a WebSocket counts as an upgrade.
 *
 * Some clients (Java's among them) offer `Upgrade: h2c` with every call. A server that listens for upgrades is given
 * all of them, the body cut off, although HTTP lets it ignore such an offer (RFC 9110, 7.8): so it isn't shown one.
 */
import { IncomingMessage } from 'node:http'

export class IncomingRequest extends IncomingMessage {
  /** A plain field: Node's constructor writes to the accessor before fields of this class are there. */
  declare hasUpgrade: boolean

  get upgrade(): boolean {
    return this.hasUpgrade && this.headers.upgrade?.toLowerCase() === 'websocket'
  }

  /** By Node's parser, once it has read the headers. */
  set upgrade(hasUpgrade: boolean) {
    this.hasUpgrade = hasUpgrade
  }
}
