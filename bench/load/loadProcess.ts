/** Runs one load in a process of its own: takes its order as a message, answers with what it found. */

import { echoLoad } from './echoLoad.js'
import { heartbeatLoad } from './heartbeatLoad.js'
import { idleLoad } from './idleLoad.js'
import { lifecycleLoad } from './lifecycleLoad.js'
import { stormLoad } from './stormLoad.js'

export const loads = {
  lifecycle: lifecycleLoad,
  heartbeat: heartbeatLoad,
  echo: echoLoad,
  storm: stormLoad,
  idle: idleLoad,
} as const

type LoadName = keyof typeof loads
export type Order<Name extends LoadName> = Parameters<(typeof loads)[Name]>[0]
export type Found<Name extends LoadName> = Awaited<ReturnType<(typeof loads)[Name]>>

type OrderMessage = { readonly load: LoadName; readonly order: never }

process.on('message', ({ load, order }: OrderMessage) => {
  const run: (order: never) => Promise<unknown> = loads[load]
  void run(order).then((found) => {
    process.send?.({ cpuUs: process.cpuUsage().user + process.cpuUsage().system, found })
    process.disconnect()
    process.exit(0)
  })
})
