/** BullMQ at its best: jobs added in bulk, worked on side by side in the same process, removed once completed. */
import { Queue, Worker } from 'bullmq'

export type BullmqOrder = {
  readonly port: number
  readonly concurrency: number
  readonly tasks: number
  readonly warmup: number
  readonly bytes: number
  /** Jobs under way. */
  readonly window: number
}

export type BullmqFound = { readonly tasksPerSecond: number; readonly cpuUs: number }

const batch = 256

process.once('message', (order: BullmqOrder) => void run(order))

async function run({ port, concurrency, tasks, warmup, bytes, window }: BullmqOrder): Promise<void> {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
  const [payload, output] = ['p'.repeat(bytes), 'o'.repeat(bytes)]
  const queue = new Queue('bench', { connection })
  const total = tasks + warmup
  let added = 0
  let completed = 0
  let startedAt = 0
  let cpu = process.cpuUsage()
  const worker = new Worker('bench', async () => output, { connection, concurrency })
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  cpu = process.cpuUsage()
  const most = Math.min(batch, window)
  const hasRoom = (): boolean => added < total && added - completed <= window - most
  let isAdding = false
  const add = async (): Promise<void> => {
    if (isAdding) return
    isAdding = true
    while (hasRoom()) {
      const count = Math.min(most, total - added)
      added += count
      const job = { name: 'task', data: { payload }, opts: { removeOnComplete: true } }
      await queue.addBulk(Array.from({ length: count }, () => job))
    }
    isAdding = false
  }
  const elapsedMs = await new Promise<number>((resolve) => {
    worker.on('completed', () => {
      completed++
      if (completed === warmup) startedAt = performance.now()
      if (completed === total) resolve(performance.now() - startedAt)
      else void add()
    })
    void add()
  })
  const { user, system } = process.cpuUsage(cpu)
  const found: BullmqFound = { tasksPerSecond: Math.round((tasks / elapsedMs) * 1_000), cpuUs: user + system }
  await worker.close()
  await queue.close()
  process.send?.(found)
  process.disconnect()
}
