/**
 * What an IP address stands for, by IANA's registries of special-purpose addresses: `public` for a machine of the
 * internet, `private` for one of a network of one's own or of documentation, `none` for no machine or no address.
 */

export type IpKind = 'public' | 'private' | 'none'

type Block = { readonly from: number; readonly bits: number; readonly kind: IpKind }

const blocks: readonly Block[] = [
  block('0.0.0.0', 8, 'none'),
  block('127.0.0.0', 8, 'none'),
  block('224.0.0.0', 3, 'none'),
  block('10.0.0.0', 8, 'private'),
  block('100.64.0.0', 10, 'private'),
  block('169.254.0.0', 16, 'private'),
  block('172.16.0.0', 12, 'private'),
  block('192.0.0.0', 24, 'private'),
  block('192.0.2.0', 24, 'private'),
  block('192.168.0.0', 16, 'private'),
  block('198.18.0.0', 15, 'private'),
  block('198.51.100.0', 24, 'private'),
  block('203.0.113.0', 24, 'private'),
]

const part4 = /^(?:0|[1-9]\d{0,2})$/

/** Four decimal numbers with dots; longer rows are no address, nor are numbers with zeros before. */
export function ipv4Kind(written: string): IpKind {
  const parts = written.split('.')
  if (parts.length !== 4) return 'none'
  if (parts.some((part) => !part4.test(part) || Number(part) > 255)) return 'none'
  const address = addressOf(written)
  return blocks.find(({ from, bits }) => (address ^ from) >>> (32 - bits) === 0)?.kind ?? 'public'
}

/** At most eight groups of up to four hexadecimal digits, `::` once for those left out. */
export function ipv6Kind(written: string): IpKind {
  const halves = written.split('::')
  const groups = written.split(':').filter((group) => group !== '')
  if (halves.length > 2 || groups.length > 8 || groups.some((group) => group.length > 4)) return 'none'
  if (halves.length === 1 && (groups.length !== 8 || written.startsWith(':'))) return 'none'
  const first = Number.parseInt(groups[0] ?? '', 16)
  if (first === 0x2001 && Number.parseInt(groups[1] ?? '0', 16) === 0xdb8) return 'private'
  // Unique local and link-local addresses; what is assigned of the rest is 2000::/3.
  if (first >= 0xfc00 && first < 0xff00) return groups.length >= 3 ? 'private' : 'none'
  return first >= 0x2000 && first < 0x4000 ? 'public' : 'none'
}

function block(from: string, bits: number, kind: IpKind): Block {
  return { from: addressOf(from), bits, kind }
}

function addressOf(written: string): number {
  return written.split('.').reduce((address, part) => (address << 8) | Number(part), 0)
}
