/** Whether something that a card shows is masked: its output, what it was asked, or another's edit. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { rawJson } from '../output/rawJson.js'

/** What the node puts in the place of a secret. An agent that says it itself is taken at its word. */
const mask = '••••••'

export const isMasked = ({ output, payload, edited }: ReviewCard): boolean =>
  [output, payload, ...(edited === undefined ? [] : [edited])].some((value) => rawJson(value).includes(mask))
