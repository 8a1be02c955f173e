/** A reply as the frame that answers request `id`. */
import type { Reply } from '../tasks/reply.js'
import { type SendEffect, send } from './effects.js'

export const answerTo = (id: number, reply: Reply): SendEffect => {
  if (reply.kind === 'ack') return send(Object.assign({ type: 'ack', re: id }, reply.fields))
  const { code, message, retryAfterMs, fields } = reply
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  return send({ type: 'error', re: id, code, message, ...wait, ...fields })
}
