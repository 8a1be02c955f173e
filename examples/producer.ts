/** A producer: submits a task and waits for how it ends. In a project of yours, import from `chimera/client`. */
import { Producer } from '../src/client/index.js'

const { CHIMERA_URL: url = 'ws://127.0.0.1:7700', CHIMERA_TOKEN: token = '' } = process.env

const producer = new Producer({ url, token, subscriber: 'example' })
const task = await producer.submit({ queue: 'greetings', payload: 'world' })
const { status, output } = await task.outcome()
console.log(status, output)
await producer.close()
