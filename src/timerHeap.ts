/**
 * Timers ordered by when they are due, those of the same instant by when they were armed.
 *
 * A deadline that is moved on with every sign of life must cost next to nothing: a timer re-armed for later keeps its
 * place in the heap and is put right only when it comes to the top. So `place` may lag behind `due`, never lead it.
 */

/** One call at one time. After it fired or was cancelled it can be armed again. */
export interface Timer {
  /** Moves it to another time, sooner or later. */
  rearm(when: number): void
  /** Harmless where it has fired or was cancelled. */
  cancel(): void
}

/** A timer in a heap, or out of it (`index` -1). */
class HeapTimer implements Timer {
  readonly heap: TimerHeap
  readonly wake: () => void
  due = 0
  armed = 0
  place = 0
  placeArmed = 0
  index = -1

  constructor(heap: TimerHeap, wake: () => void) {
    this.heap = heap
    this.wake = wake
  }

  rearm(when: number): void {
    this.heap.arm(this, when)
  }

  cancel(): void {
    this.heap.remove(this)
  }
}

/** Whether a's place in the heap is before b's. */
function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.place < b.place || (a.place === b.place && a.placeArmed < b.placeArmed)
}

export class TimerHeap {
  readonly #timers: HeapTimer[] = []
  readonly #onSooner: () => void
  readonly #onEmpty: () => void
  #armings = 0

  /** `onSooner`: the earliest place moved forward. `onEmpty`: the last timer was cancelled. */
  constructor(onSooner: () => void = () => {}, onEmpty: () => void = () => {}) {
    this.#onSooner = onSooner
    this.#onEmpty = onEmpty
  }

  get size(): number {
    return this.#timers.length
  }

  add(when: number, wake: () => void): Timer {
    const timer = new HeapTimer(this, wake)
    this.arm(timer, when)
    return timer
  }

  arm(timer: HeapTimer, when: number): void {
    if (Number.isNaN(when)) throw new RangeError('a timer needs a time, got NaN')
    timer.due = when
    timer.armed = ++this.#armings
    if (timer.index >= 0 && when >= timer.place) return
    this.#settle(timer)
    if (timer.index === -1) {
      timer.index = this.#timers.length
      this.#timers.push(timer)
    }
    this.#rise(timer)
    if (timer.index === 0) this.#onSooner()
  }

  remove(timer: HeapTimer): void {
    if (timer.index === -1) return
    this.#take(timer)
    if (this.#timers.length === 0) this.#onEmpty()
  }

  /** When the next timer is due, exactly; undefined where there is none. */
  nextDue(): number | undefined {
    return this.#top()?.due
  }

  /** Takes out the next timer due at `now` or before; what it returns is to be called. */
  takeDue(now: number): (() => void) | undefined {
    const first = this.#timers[0]
    if (first === undefined || first.place > now) return undefined
    const timer = this.#top()
    if (timer === undefined || timer.due > now) return undefined
    this.#take(timer)
    return timer.wake
  }

  /** The timer that is due first. Those before it, which were moved on, get their true places. */
  #top(): HeapTimer | undefined {
    for (;;) {
      const timer = this.#timers[0]
      if (timer === undefined || timer.placeArmed === timer.armed) return timer
      this.#settle(timer)
      this.#sink(timer)
    }
  }

  #settle(timer: HeapTimer): void {
    timer.place = timer.due
    timer.placeArmed = timer.armed
  }

  #take(timer: HeapTimer): void {
    const last = this.#timers.pop()
    const index = timer.index
    timer.index = -1
    if (last === undefined || last === timer) return
    this.#timers[index] = last
    last.index = index
    this.#rise(last)
    this.#sink(last)
  }

  #rise(timer: HeapTimer): void {
    let index = timer.index
    while (index > 0) {
      const above = this.#timers[(index - 1) >> 1]
      if (above === undefined || !isBefore(timer, above)) break
      this.#timers[index] = above
      const hole = above.index
      above.index = index
      index = hole
    }
    this.#timers[index] = timer
    timer.index = index
  }

  #sink(timer: HeapTimer): void {
    let index = timer.index
    for (;;) {
      const below = this.#lesserChild(index)
      if (below === undefined || !isBefore(below, timer)) break
      this.#timers[index] = below
      const hole = below.index
      below.index = index
      index = hole
    }
    this.#timers[index] = timer
    timer.index = index
  }

  #lesserChild(index: number): HeapTimer | undefined {
    const left = this.#timers[2 * index + 1]
    const right = this.#timers[2 * index + 2]
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left
  }
}
