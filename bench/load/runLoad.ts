/** Has a load run in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Found, loads, Order } from './loadProcess.js'

export const runLoad = async <Name extends keyof typeof loads>(
  load: Name,
  order: Order<Name>,
): Promise<Found<Name> & { readonly loadCpuUs: number }> => {
  const child = fork(new URL('./loadProcess.js', import.meta.url))
  child.send({ load, order })
  const [{ cpuUs, found }] = (await once(child, 'message')) as [{ cpuUs: number; found: Found<Name> }]
  await once(child, 'exit')
  return { ...found, loadCpuUs: cpuUs }
}
