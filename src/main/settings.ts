/** A node's configuration as its plane and its clients are told of it. */
import type { Config } from '../config.js'
import { limits } from '../protocol/formats.js'
import type { WireLimits } from '../protocol/nodeFrames.js'
import type { PlaneSettings } from './planeOptions.js'

export const wireLimitsOf = (config: Config): WireLimits => ({
  messageBytes: config.messageBytes,
  payloadBytes: config.payloadBytes,
  outputBytes: config.outputBytes,
  tasksPerSubmit: limits.tasksPerSubmit,
  outcomeWindow: config.outcomeWindow,
  framesPerSecond: config.framesPerSecond,
})

export const settingsOf = (config: Config): PlaneSettings => ({
  heartbeatMs: config.heartbeatMs,
  leaseMs: config.leaseMs,
  resumeMs: config.resumeMs,
  limits: wireLimitsOf(config),
  outboxMaxBytes: config.outboxMaxBytes,
  tasksPerLane: config.tasksPerLane,
  taskRetentionMs: config.taskRetentionMs,
  outcomesKept: config.outcomesKept,
  outcomeRetentionMs: config.outcomeRetentionMs,
  absentRetentionMs: config.absentRetentionMs,
  auditRetentionMs: config.auditRetentionMs,
  claimMs: config.claimMs,
  reviewMs: { high: config.reviewHighMs, normal: config.reviewNormalMs, low: config.reviewLowMs },
})
