/**
 * G1 and G2, from outside: a task has one end, however often it is told; and a step has one accepted output, whoever it
 * is handed to. Two of either mean that two results were accepted.
 */

/** That a task has ended, or that it goes on with the output of a step. */
export type Said = {
  readonly task: string
  /** The step whose output it is. */
  readonly step: number
  /** Everything by which two ends, or two outputs of the step, would differ. */
  readonly content: string
  readonly isEnd: boolean
}

export type Doubled = { readonly task: string; readonly sentence: string }

export function* oneEnd(said: Iterable<Said>): Generator<Doubled> {
  const first = new Map<string, string>()
  for (const { task, step, content, isEnd } of said) {
    const place = isEnd ? `task ${task} ended` : `step ${step} of task ${task} brought`
    const before = first.get(place)
    if (before === undefined) first.set(place, content)
    else if (before !== content) yield { task, sentence: `G2 ${place} with ${before}, and with ${content}` }
  }
}
