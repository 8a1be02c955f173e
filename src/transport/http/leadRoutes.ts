/** Calls of those who lead the review: its numbers, and what agents' confidence is worth. */
import { asked, ok, pick, type Route } from './route.js'
import { ref, text } from './schemas.js'

const daysQuery = { type: 'integer', minimum: 1, maximum: 90, default: 7, description: 'how far back' }

/** A text where it is no number, which the frame's check then says. */
const daysIn = ({ days }: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> =>
  days === undefined ? {} : { days: /^\d{1,9}$/.test(days) ? Number(days) : days }

export const leadRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/reviews/numbers',
    summary: 'How the review goes: what waits, how long it takes, who decides how much, how carefully, in agreement.',
    roles: ['operator'],
    query: { days: daysQuery },
    ask: ({ query }) => asked('operator', { type: 'numbers', ...daysIn(query) }),
    status: 200,
    answer: ref('ReviewNumbers'),
    reply: ({ numbers }) => ok(numbers),
  },
  {
    method: 'GET',
    path: '/reviews/calibration',
    summary: 'How often people approved, by confidence, queue and agent, and what other thresholds would have done.',
    roles: ['operator'],
    query: {
      days: daysQuery,
      queue: text('of this queue alone'),
      agent: text('of this agent alone, with all its instances'),
    },
    ask: ({ query }) => asked('operator', { type: 'calibration', ...daysIn(query), ...pick(query, 'queue', 'agent') }),
    status: 200,
    answer: ref('Calibration'),
    reply: ({ calibration }) => ok(calibration),
  },
]
