/**
 * A mail off the wire, taken apart: its headers and what it says, decoded (the one file that knows mailsplit and
 * libmime). A mail says the same thing twice where it has alternatives: the first of them that says anything stands for
 * all. Attachments, and parts that are neither plain text nor HTML, are passed over.
 */

import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type MimeNode, Splitter, type SplitterChunk } from '@zone-eu/mailsplit'
import libmime from 'libmime'
import { cut } from './plainText.js'

export type MimeText = { readonly kind: 'plain' | 'html'; readonly text: string }

export type MimeMessage = {
  /** The beginning of the first header of that name, on one line; empty where there is none. */
  header(name: string): string
  /** In their order in the mail, none of them blank. */
  readonly texts: readonly MimeText[]
}

type Part = { readonly node: MimeNode; readonly body: Buffer[] }

const headerMaxChars = 1_000

const kinds = new Map<unknown, MimeText['kind']>([
  ['text/plain', 'plain'],
  ['text/html', 'html'],
])

/** Rejects where a mail has more parts (1,000) or longer headers (a megabyte) than any honest one. */
export async function readMimeMessage(raw: string): Promise<MimeMessage> {
  const parts = await partsOf(raw)
  const headers = parts[0]?.node.headers
  return {
    header: (name) => (headers ? oneLine(libmime.decodeWords(headers.getFirst(name))) : ''),
    texts: await textsOf(parts),
  }
}

/** In their order; the first one is the mail itself. */
async function partsOf(raw: string): Promise<readonly Part[]> {
  const splitter = new Splitter()
  splitter.end(raw)
  const chunks: AsyncIterable<SplitterChunk> = splitter
  const parts: Part[] = []
  for await (const chunk of chunks) {
    if (chunk.type === 'node') parts.push({ node: chunk, body: [] })
    else if (chunk.type === 'body') parts.at(-1)?.body.push(chunk.value)
  }
  return parts
}

function oneLine(header: string): string {
  return cut(header.replace(/\s+/g, ' ').trim(), headerMaxChars)
}

async function textsOf(parts: readonly Part[]): Promise<readonly MimeText[]> {
  const texts: MimeText[] = []
  const told = new Set<MimeNode>()
  for (const { node, body } of parts) {
    const kind = kinds.get(node.contentType)
    const choice = alternativesAround(node)
    if (kind === undefined || node.disposition === 'attachment' || (choice && told.has(choice))) continue
    const said = await decoded(node, body)
    if (said.trim() === '') continue
    texts.push({ kind, text: said })
    if (choice) told.add(choice)
  }
  return texts
}

/** The innermost set of alternatives that a part belongs to. */
function alternativesAround(node: MimeNode): MimeNode | false {
  let around = node.parentNode
  while (around && around.multipart !== 'alternative') around = around.parentNode
  return around
}

/** Undoes the transfer encoding and the charset (UTF-8 where that is unknown), and joins lines that were wrapped. */
async function decoded(node: MimeNode, body: readonly Buffer[]): Promise<string> {
  const said = await text(Readable.from(body).pipe(node.getDecoder()).pipe(libmime.createDecodeStream(node.charset)))
  return node.flowed ? libmime.decodeFlowed(said, node.delSp) : said
}
