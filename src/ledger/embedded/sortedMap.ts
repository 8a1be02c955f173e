/**
 * A map in the order of its keys, for what changes at any place and is read in ranges.
 *
 * Keys lie in runs of at most 512, so that an insertion moves little. Most arrive in order, at the end.
 */

type Run<V> = { readonly keys: string[]; readonly values: V[] }

const runMax = 512

export class SortedMap<V> {
  readonly #runs: Run<V>[] = [{ keys: [], values: [] }]
  /** Where the last key that was looked for is, or belongs: it is mostly written next. */
  #sought = ''
  #index = 0
  #at = 0

  get(key: string): V | undefined {
    const run = this.#seek(key)
    return run?.keys[this.#at] === key ? run.values[this.#at] : undefined
  }

  set(key: string, value: V): void {
    const run = this.#seek(key)
    if (run === undefined) return
    if (run.keys[this.#at] === key) {
      run.values[this.#at] = value
      return
    }
    if (this.#at === run.keys.length) {
      run.keys.push(key)
      run.values.push(value)
    } else {
      run.keys.splice(this.#at, 0, key)
      run.values.splice(this.#at, 0, value)
    }
    if (run.keys.length > runMax) this.#split(this.#index, run)
  }

  delete(key: string): void {
    const run = this.#seek(key)
    if (run === undefined || run.keys[this.#at] !== key) return
    run.keys.splice(this.#at, 1)
    run.values.splice(this.#at, 1)
    if (run.keys.length > 0 || this.#runs.length === 1) return
    this.#runs.splice(this.#index, 1)
    this.#sought = ''
  }

  *values(): Generator<V> {
    for (const run of this.#runs) yield* run.values
  }

  /** Entries with `from <= key < to`, from the other end where `descending`. Not to be changed while it is read. */
  *range(from: string, to: string | undefined, descending: boolean): Generator<readonly [string, V]> {
    const step = descending ? -1 : 1
    let index =
      descending && to === undefined ? this.#runs.length - 1 : this.#runOf(descending && to !== undefined ? to : from)
    for (let first = true; ; first = false, index += step) {
      const run = this.#runs[index]
      if (run === undefined) return
      let at = startIn(run.keys, first, descending, from, to)
      for (; at >= 0 && at < run.keys.length; at += step) {
        const key = run.keys[at]
        const value = run.values[at]
        if (key === undefined || value === undefined) return
        if (descending ? key < from : to !== undefined && key >= to) return
        yield [key, value]
      }
    }
  }

  /** The run that has the key, or would get it; notes where. */
  #seek(key: string): Run<V> | undefined {
    if (key === '' || key !== this.#sought) {
      this.#sought = key
      this.#index = this.#runOf(key)
      this.#at = lowerBound(this.#runs[this.#index]?.keys ?? [], key)
    }
    return this.#runs[this.#index]
  }

  /** Its place among the runs. */
  #runOf(key: string): number {
    let low = 0
    let high = this.#runs.length - 1
    const last = this.#runs[high]?.keys[0]
    if (last !== undefined && last <= key) return high
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const first = this.#runs[middle]?.keys[0]
      if (first !== undefined && first <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  // At the end, so that runs which fill in order stay full; elsewhere in halves.
  #split(index: number, run: Run<V>): void {
    const cut = index === this.#runs.length - 1 ? runMax : runMax >> 1
    this.#runs.splice(index + 1, 0, { keys: run.keys.splice(cut), values: run.values.splice(cut) })
    this.#sought = ''
  }
}

function startIn(
  keys: readonly string[],
  first: boolean,
  descending: boolean,
  from: string,
  to: string | undefined,
): number {
  if (!first) return descending ? keys.length - 1 : 0
  if (!descending) return lowerBound(keys, from)
  return to === undefined ? keys.length - 1 : lowerBound(keys, to) - 1
}

/** The first place whose key isn't below. */
function lowerBound(keys: readonly string[], key: string): number {
  const last = keys[keys.length - 1]
  if (last !== undefined && last < key) return keys.length
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    const one = keys[middle]
    if (one !== undefined && one < key) low = middle + 1
    else high = middle
  }
  return low
}
