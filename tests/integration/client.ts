/**
 * A client of the tests' own: frames in, frames out, and waiting for a frame by what it looks like.
 *
 * It shares no code with the node: msgpackr alone reads and writes here, so that a fault of ours can't hide itself, and
 * so that what our own writer would refuse can be sent.
 * Every wait has a deadline, and one that passes says what came instead.
 */
import { Packr, Unpackr } from 'msgpackr'
import { WebSocket } from 'ws'
import type { Role } from '../../src/protocol/frames.js'

// `auto`, which its types don't list: a BigInt only beyond 2^53.
const unpackr = Object.assign(new Unpackr({ useRecords: false, mapsAsObjects: true }), { int64AsType: 'auto' })
const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true })

// Frames are looked at, not typed: a test names the fields that it is about.
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string }

/** A task in an agent's hands. */
export type Assignment = Readonly<Record<string, unknown>> & { readonly id: string; readonly lease: string }

export type Closed = { readonly code: number; readonly reason: string }

/** Frames as one message. */
export const bytesOf = (...frames: readonly object[]): Uint8Array =>
  packr.pack(frames.length === 1 ? frames[0] : frames)

type Waiter = { readonly matches: (frame: Frame) => boolean; readonly resolve: (frame: Frame) => void }

const waitMs = 15_000
const shownFrames = 8

export class Client {
  readonly socket: WebSocket
  readonly closed: Promise<Closed>
  /** Takes frames before anybody waits for them; true: it was for it. */
  onFrame: (frame: Frame) => boolean = () => false
  /** Every byte that the node sent. */
  onBytes: (bytes: Buffer) => void = () => {}
  /** Frames that nobody waited for yet, in order. */
  readonly kept: Frame[] = []
  readonly #waiters = new Set<Waiter>()
  #lastId = 0
  #end: Closed | undefined

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.#receive(data as Buffer))
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#end = { code, reason: reason.toString() }
        resolve(this.#end)
      })
    })
  }

  /** Frames in one message. */
  send(...frames: readonly object[]): void {
    this.socket.send(bytesOf(...frames))
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.send(bytes)
  }

  /** The reply, be it an error. */
  async ask(type: string, fields: object = {}): Promise<Frame> {
    const id = ++this.#lastId
    this.send({ type, id, ...fields })
    return this.next(`the reply to ${type}`, (frame) => frame.re === id)
  }

  /** The reply, which must be no error. */
  async request(type: string, fields: object = {}): Promise<Frame> {
    const reply = await this.ask(type, fields)
    if (reply.type === 'error') throw new Error(`${type}: ${String(reply.code)} ${String(reply.message)}`)
    return reply
  }

  hello(fields: object = {}): Promise<Frame> {
    return this.request('hello', fields)
  }

  /** The first frame, of those that came and those to come, that is so; it is taken out. */
  next(what: string, matches: (frame: Frame) => boolean): Promise<Frame> {
    const at = this.kept.findIndex(matches)
    const [there] = at < 0 ? [] : this.kept.splice(at, 1)
    if (there !== undefined) return Promise.resolve(there)
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        reject(new Error(`${what}: ${why}; came: ${shown(this.kept)}`))
      }
      const timer = setTimeout(() => giveUp(`nothing in ${waitMs} ms`), waitMs)
      const waiter: Waiter = {
        matches,
        resolve: (frame) => {
          clearTimeout(timer)
          resolve(frame)
        },
      }
      this.#waiters.add(waiter)
      void this.closed.then(({ code, reason }) => {
        if (this.#waiters.has(waiter)) giveUp(`closed with ${code} ${reason}`)
      })
    })
  }

  /** The next frame of this type; `fields` that it must have. */
  frame(type: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Frame> {
    const wanted = Object.entries({ type, ...fields })
    return this.next(type, (frame) => wanted.every(([key, value]) => frame[key] === value))
  }

  /** An agent's next task, whether it comes as a frame or in an answer. */
  async task(id?: string): Promise<Assignment> {
    const frame = await this.next(
      'a task',
      ({ type, task }) => type === 'task' && (id === undefined || idOf(task) === id),
    )
    return frame.task as Assignment
  }

  outcome(task: unknown, status: string): Promise<Frame> {
    return this.frame('outcome', { task, status })
  }

  /** All that was sent before has been dealt with once this is answered. */
  async settle(): Promise<void> {
    await this.request('heartbeat')
  }

  close(): void {
    this.socket.close()
  }

  /** As when the cable is pulled. */
  cut(): void {
    this.socket.terminate()
  }

  get isOpen(): boolean {
    return this.#end === undefined && this.socket.readyState === WebSocket.OPEN
  }

  #receive(bytes: Buffer): void {
    this.onBytes(bytes)
    const message: unknown = unpackr.unpack(bytes)
    for (const frame of (Array.isArray(message) ? message : [message]) as Frame[]) {
      this.#take(frame)
      const tasks = frame.type === 'ack' && Array.isArray(frame.tasks) ? (frame.tasks as Assignment[]) : []
      for (const task of tasks) if ('lease' in task) this.#take({ type: 'task', task })
    }
  }

  #take(frame: Frame): void {
    if (this.onFrame(frame)) return
    for (const waiter of this.#waiters) {
      if (!waiter.matches(frame)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(frame)
      return
    }
    this.kept.push(frame)
  }
}

const idOf = (task: unknown): unknown => (task as Assignment).id

const shown = (frames: readonly Frame[]): string =>
  frames.length === 0 ? 'nothing' : JSON.stringify(frames.slice(-shownFrames)).slice(0, 2_000)

/** A socket that is open, before hello. */
export const connect = (url: string, role: Role, token: string): Promise<Client> => {
  const headers = { Authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/${role}`, ['chimera.v1'], { headers })
  return new Promise((resolve, reject) => {
    const client = new Client(socket)
    socket.once('open', () => resolve(client))
    socket.once('error', reject)
  })
}
