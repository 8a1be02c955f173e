/** What stands between clients and nodes, on real sockets. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Balancer } from '../../src/prove/balancer.js'

/** Sends back what it gets; `heard` is all of it. */
const startEcho = async () => {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      heard.push(bytes.toString())
      socket.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { heard, port: (server.address() as AddressInfo).port }
}

const dial = async (balancer: Balancer): Promise<Socket> => {
  const socket = connect(Number(new URL(balancer.url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

const echoed = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  return bytes.toString()
}

test('[PV11] bytes that are swallowed arrive nowhere, and both ends stay open', async () => {
  const echo = await startEcho()
  const balancer = await Balancer.listen(() => [{ port: echo.port, isReady: () => true }])
  onTestFinished(() => balancer.close())
  const [first, second] = [await dial(balancer), await dial(balancer)]
  expect(await echoed(first, 'one')).toBe('one')
  expect(await echoed(second, 'two')).toBe('two')
  expect(balancer.swallow(0.5)).toBe(1)
  first.write('three')
  expect(await echoed(second, 'four')).toBe('four')
  expect(echo.heard).toEqual(['one', 'two', 'four'])
  expect(first.destroyed).toBe(false)
  expect(balancer.connections).toBe(2)
})

test('[PV11] a node that is not ready, or refuses, is passed over', async () => {
  const echo = await startEcho()
  const asleep = await startEcho()
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  const balancer = await Balancer.listen(() => [
    { port: asleep.port, isReady: () => false },
    { port, isReady: () => true },
    { port: echo.port, isReady: () => true },
  ])
  onTestFinished(() => balancer.close())
  for (const text of ['one', 'two', 'three']) expect(await echoed(await dial(balancer), text)).toBe(text)
  expect(asleep.heard).toEqual([])
})
