/**
 * What runs in the page: the browser gets the text of these functions, so each has to stand by itself.
 *
 * "Painted" is the first task after the frame that has it: the browser has handed the frame on by then.
 */

type Element = {
  readonly id: string
  readonly nodeType: number
  readonly clientHeight: number
  readonly scrollTop: number
  innerHTML: string
  matches(selector: string): boolean
  querySelectorAll(selector: string): Iterable<Element>
}

// The little of a page that they use.
declare const document: {
  readonly body: Element
  querySelector(selector: string): Element | null
}
declare const location: { readonly protocol: string }
declare const sessionStorage: { setItem(name: string, value: string): void }
declare const requestAnimationFrame: (frame: (at: number) => void) => number
declare const MutationObserver: new (
  changed: (changes: readonly { readonly addedNodes: Iterable<Element> }[]) => void,
) => { observe(root: unknown, what: { readonly childList: true; readonly subtree: true }): void }
declare const PerformanceObserver: new (
  seen: (list: { getEntries(): readonly { readonly duration: number }[] }) => void,
) => { observe(what: { readonly type: 'longtask' }): void }
declare const MessageChannel: new () => {
  readonly port1: { onmessage: () => void }
  readonly port2: { postMessage(nothing: null): void }
}
declare const WebSocket: new (
  url: string,
) => { binaryType: string; onopen: () => void; onmessage: () => void; send(bytes: Uint8Array): void; close(): void }

/** What the page keeps for who drives it. */
type Notes = { paintedAt: Readonly<Record<string, number>>; frames: Frames }

/** Before the page's own script: signs in as somebody whose token was kept, and notes when each row was painted first. */
export const beginPage = ({ token }: { readonly token: string }): void => {
  if (!location.protocol.startsWith('http')) return
  sessionStorage.setItem('chimera.token', token)
  const paintedAt: Record<string, number> = {}
  ;(globalThis as unknown as Notes).paintedAt = paintedAt
  const waiting = new Set<string>()
  const note = (): void => {
    const now = performance.timeOrigin + performance.now()
    for (const id of waiting) paintedAt[id] ??= now
    waiting.clear()
  }
  const afterPaint = (): void => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = note
    port2.postMessage(null)
  }
  new MutationObserver((changes) => {
    const before = waiting.size
    for (const { addedNodes } of changes)
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue
        for (const { id } of node.matches('.row') ? [node] : node.querySelectorAll('.row'))
          if (paintedAt[id] === undefined) waiting.add(id)
      }
    if (before === 0 && waiting.size > 0) requestAnimationFrame(afterPaint)
  }).observe(document, { childList: true, subtree: true })
}

/** By the id of the row, ms since the epoch. */
export const paintedRows = (): Readonly<Record<string, number>> => (globalThis as unknown as Notes).paintedAt

/** From the page's own beginning to its first row, ms; undefined: there is none yet. */
export const firstRowMs = (): number | undefined => {
  const [first] = Object.values((globalThis as unknown as Notes).paintedAt).sort((a, b) => a - b)
  return first === undefined ? undefined : first - performance.timeOrigin
}

/** The floor of a card on screen: a message there and back, and a row for it. Gives how long each took, ms. */
export const echoRows = async ({ url, rows }: { readonly url: string; readonly rows: number }): Promise<number[]> => {
  const times: number[] = []
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const next = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))
  await new Promise<void>((resolve) => {
    socket.onopen = resolve
  })
  while (times.length < rows) {
    await next()
    const sentAt = performance.now()
    // MessagePack of nil.
    socket.send(new Uint8Array([0xc0]))
    await new Promise<void>((resolve) => {
      socket.onmessage = resolve
    })
    document.body.innerHTML = `<div class="row">${times.length}</div>`
    await new Promise<void>((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = resolve
        port2.postMessage(null)
      }),
    )
    times.push(performance.now() - sentAt)
  }
  socket.close()
  return times
}

/** The floor of a long list: as many rows, as tall, all of them there. */
export const fillPlainList = ({ rows, rowPx }: { readonly rows: number; readonly rowPx: number }): void => {
  const row = (n: number): string => `<div class="row" style="height:${rowPx}px">A plain row, number ${n}</div>`
  const all = Array.from({ length: rows }, (_, n) => row(n)).join('')
  document.body.innerHTML = `<div class="list" style="height:700px;overflow:auto">${all}</div>`
}

export type Frames = { readonly frameMs: readonly number[]; readonly longTaskMs: readonly number[] }

/** From now on notes how long each frame was, and each task that the browser takes for long. */
export const watchFrames = (): void => {
  const frameMs: number[] = []
  const longTaskMs: number[] = []
  ;(globalThis as unknown as Notes).frames = { frameMs, longTaskMs }
  new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) longTaskMs.push(duration)
  }).observe({ type: 'longtask' })
  let last: number | undefined
  const frame = (at: number): void => {
    if (last !== undefined) frameMs.push(at - last)
    last = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

export const watchedFrames = (): Frames => (globalThis as unknown as Notes).frames

/** How much of the list there is, and is above the window. */
export const listPlace = (): { readonly top: number; readonly end: number } => {
  const list = document.querySelector('.list')
  if (list === null) throw new Error('the page has no list')
  return { top: list.scrollTop, end: list.scrollTop + list.clientHeight }
}
