import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { openSocket, type Socket } from '../../src/client/socket.js'
import { openNode } from './scriptedNode.js'

/** As in a browser: its WebSocket (here that of `ws`, which speaks the same interface), and no `process`. */
function openInBrowser(url: string, token: string, received: (message: Uint8Array) => void): Promise<Socket> {
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('process', undefined)
  try {
    return new Promise((resolve, reject) => {
      const socket = openSocket(url, token, {
        opened: () => resolve(socket),
        received,
        refused: reject,
        closed: reject,
      })
    })
  } finally {
    vi.unstubAllGlobals()
  }
}

test('[K100] in a browser the token travels as second subprotocol, and frames as binary messages', async () => {
  const node = await openNode()
  const messages: Uint8Array[] = []
  const socket = await openInBrowser(`${node.url}/v1/operator`, 'a.b.c', (message) => messages.push(message))
  onTestFinished(() => socket.drop())
  const peer = await node.connection()
  expect(peer.request.headers['sec-websocket-protocol']).toBe('chimera.v1,bearer.a.b.c')
  expect(peer.request.headers.authorization).toBeUndefined()
  // A map of one: {type: "hello", id: 1}
  socket.send(Uint8Array.from([0x82, 0xa4, ...text('type'), 0xa5, ...text('hello'), 0xa2, ...text('id'), 1]))
  expect(await peer.next('hello')).toMatchObject({ id: 1 })
  peer.sendBytes(Uint8Array.of(0xc0))
  await vi.waitUntil(() => messages.length > 0)
  expect(messages).toEqual([Uint8Array.of(0xc0)])
})

test('[K101] nothing that a client loads at its start needs Node, or a package that does', () => {
  const loaded = new Set<string>()
  const outside = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(imports))
      if (specifier.startsWith('.')) load(join(dirname(file), specifier.replace(/\.js$/, '.ts')))
      else outside.add(specifier)
  }
  load(join(import.meta.dirname, '../../src/client/index.ts'))
  expect(loaded.size).toBeGreaterThan(20)
  // The codec's, which has a build for browsers.
  outside.delete('msgpackr')
  expect([...outside]).toEqual([])
})

/** Imports and re-exports of values, at the beginning of a line; those of types alone leave no trace. */
const imports = /^(?:import|export)\s(?!type\s)[^'"]*?from '([^']+)'/gm

const text = (ascii: string): Uint8Array => new TextEncoder().encode(ascii)
