/** Who waits for a worker: in the order in which they came, tenants taking turns, so that one alone can't fill it. */

export type Waiting = { readonly tenant: string; readonly bytes: number }

export type TurnLimits = {
  readonly ofTenant: number
  readonly inAll: number
  readonly bytes: number
}

export class Turns<T extends Waiting> {
  /** In the order of their turns: the first tenant is next. */
  readonly #lines = new Map<string, T[]>()
  readonly #limits: TurnLimits
  #count = 0
  #bytes = 0

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  /** False: there are too many. */
  add(one: T): boolean {
    const { ofTenant, inAll, bytes } = this.#limits
    const line = this.#lines.get(one.tenant) ?? []
    if (line.length >= ofTenant || this.#count >= inAll || this.#bytes + one.bytes > bytes) return false
    if (line.length === 0) this.#lines.set(one.tenant, line)
    line.push(one)
    this.#count += 1
    this.#bytes += one.bytes
    return true
  }

  next(): T | undefined {
    const [first] = this.#lines
    if (first === undefined) return undefined
    const [tenant, line] = first
    const one = line.shift()
    this.#lines.delete(tenant)
    if (line.length > 0) this.#lines.set(tenant, line)
    if (one === undefined) return undefined
    this.#count -= 1
    this.#bytes -= one.bytes
    return one
  }
}
