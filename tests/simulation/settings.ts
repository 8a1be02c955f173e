/** A node's settings in a run: short times, and now and then limits that are met all the time. */
import type { ClusterSettings, PlaneSettings } from '../../src/main/planeOptions.js'
import { limits } from '../../src/protocol/formats.js'
import type { Dice } from './dice.js'

export const heartbeatMs = 1_000
export const resumeMs = 2_000

/** Short, so that nodes are taken for dead now and then that aren't. */
export const clusterFrom = (dice: Dice): ClusterSettings => ({
  beatMs: 200,
  leaseMs: dice.pick([1_000, 2_000]),
  quietMs: dice.pick([2_000, 4_000]),
  url: () => '',
  version: '0',
})

const longMs = 86_400_000

/** Claims lapse while people think, and some cards' time is up before they are done. */
export const crowdSettingsFrom = (dice: Dice): PlaneSettings => ({
  ...settingsFrom(dice),
  claimMs: dice.pick([300, 1_000]),
  reviewMs: { high: dice.pick([3_000, longMs]), normal: dice.pick([4_000, longMs]), low: longMs },
})

export const settingsFrom = (dice: Dice): PlaneSettings => ({
  heartbeatMs,
  leaseMs: 3 * heartbeatMs,
  resumeMs,
  limits: {
    messageBytes: limits.messageBytes,
    payloadBytes: limits.payloadBytes,
    outputBytes: limits.outputBytes,
    tasksPerSubmit: limits.tasksPerSubmit,
    outcomeWindow: dice.pick([1, 3, 1_000]),
    framesPerSecond: 1_000,
  },
  outboxMaxBytes: 16_777_216,
  tasksPerLane: dice.pick([3, 1_000, 1_000]),
  taskRetentionMs: longMs,
  outcomesKept: dice.pick([2, 10_000, 10_000]),
  outcomeRetentionMs: longMs,
  absentRetentionMs: longMs,
  auditRetentionMs: longMs,
  claimMs: dice.pick([800, 120_000]),
  reviewMs: { high: dice.pick([3_000, longMs, longMs]), normal: dice.pick([5_000, longMs]), low: longMs },
})
