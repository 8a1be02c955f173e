/** A tenant's record as its node hands it out: the checkpoint is asked for first, which says what there is, and comes last. */
import type { CheckpointLine } from '../../tasks/recordLines.js'
import type { Access } from '../access.js'
import { CommandFailure } from '../failure.js'
import { nodeCall } from '../nodeCall.js'

export async function* recordLines(access: Access): AsyncGenerator<readonly string[]> {
  const audit = `/v1/tenants/${access.tenant}/audit`
  const { checkpoint } = await nodeCall(access, 'GET', `${audit}/checkpoint`)
  if (typeof checkpoint !== 'string') throw new CommandFailure('the node answered without a checkpoint')
  const { chains } = JSON.parse(checkpoint) as CheckpointLine
  for (const { shard, seq } of chains) {
    let more = ''
    do {
      const { lines, after } = await nodeCall(access, 'GET', `${audit}/lines?shard=${shard}&upTo=${seq}${more}`)
      if (!Array.isArray(lines)) throw new CommandFailure('the node answered without lines')
      yield lines.map(String)
      more = typeof after === 'string' ? `&after=${encodeURIComponent(after)}` : ''
    } while (more !== '')
  }
  yield [checkpoint]
}

/** PEM. */
export async function recordKey(access: Access): Promise<string> {
  const { key } = await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/audit/key`)
  if (typeof key !== 'string') throw new CommandFailure('the node answered without a key')
  return key
}
