/** G1: whatever was acknowledged is there and has ended, and whoever submitted it was told so. */

export type Acknowledged = {
  readonly task: string
  /** Undefined: there is no such record. */
  readonly record: { readonly status: string; readonly isFinal: boolean; readonly isTheirs: boolean } | undefined
  /** Null: nobody asked to be told. */
  readonly wasTold: boolean | null
}

export type Missing = { readonly task: string; readonly sentence: string }

export function* everyEnd(all: Iterable<Acknowledged>): Generator<Missing> {
  for (const { task, record, wasTold } of all) {
    if (record === undefined) yield { task, sentence: `G1 task ${task} was acknowledged and is nowhere` }
    else if (!record.isTheirs) yield { task, sentence: `G1 task ${task} is somebody else's` }
    else if (!record.isFinal) yield { task, sentence: `G1 task ${task} is still ${record.status}` }
    else if (wasTold === false) yield { task, sentence: `G1 task ${task} ended ${record.status}, and nobody was told` }
  }
}
