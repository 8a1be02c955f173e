/** G1: one key is one task, whoever asked how often; and of two contents under one key one wins. */

export type KeyAnswer = {
  /** Keys of others are other keys. */
  readonly owner: string
  readonly key: string
  /** Under which it was acknowledged, if it was. */
  readonly task: string | undefined
  readonly isConflict: boolean
}

export function* keysKept(answers: Iterable<KeyAnswer>): Generator<string> {
  const byKey = new Map<string, KeyAnswer[]>()
  for (const answer of answers) {
    const name = `${answer.owner} ${answer.key}`
    const known = byKey.get(name)
    if (known === undefined) byKey.set(name, [answer])
    else known.push(answer)
  }
  for (const [name, all] of byKey) {
    const accepted = all.filter(({ task }) => task !== undefined)
    const tasks = new Set(accepted.map(({ task }) => task))
    if (tasks.size > 1) yield `G1 the key ${name} stands for ${[...tasks].join(' and ')}`
    if (accepted.length > 1) yield `G1 the key ${name} was accepted with ${accepted.length} contents`
    for (const { task, isConflict } of all) {
      if (task !== undefined && isConflict) yield `G1 the key ${name} was accepted and refused with one content`
    }
  }
}
