/** What a card says to the agent that asked before it acted. */
import type { Answer } from '../tasks/proposals.js'
import type { Card } from './card.js'

/** Null where nothing was decided, or nobody is left to be told. */
export const answerOf = ({ standing }: Card): Answer | null => {
  switch (standing.status) {
    case 'APPROVED': {
      const { operator, resolvedAt, edit, reason } = standing
      const why = reason === undefined ? {} : { reason }
      return {
        status: 'APPROVED',
        operator,
        at: resolvedAt,
        ...(edit === undefined ? {} : { action: edit.value }),
        ...why,
      }
    }
    case 'REJECTED': {
      const { operator, resolvedAt, reason, reasonCode } = standing
      const code = reasonCode === undefined ? {} : { reasonCode }
      return { status: 'REJECTED', operator, at: resolvedAt, reason, ...code }
    }
    case 'EXPIRED':
      return { status: 'EXPIRED', at: standing.resolvedAt, reason: 'nobody decided in time' }
    case 'PENDING':
    case 'WITHDRAWN':
      return null
  }
}
