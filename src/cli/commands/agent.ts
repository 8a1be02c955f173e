/** `chimera agent`: makes an agent of any program. */
import { Agent, type ChimeraError } from '../../client/index.js'
import { formats, limits } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { command } from '../command.js'
import { duration, formatted, integer, json, names, required, text, withDefault } from '../option.js'
import { type Attempt, programHandler } from '../programAgent.js'
import { listenForStop } from '../stopping.js'
import { excerpt, note, printAs } from '../terminal.js'

export const agent = command({
  name: 'agent',
  about:
    'Work on tasks with any program: it gets each task as JSON on its standard input, and answers {"output": …, "confidence": 0…1} as JSON on its standard output. Any exit code but 0 fails the attempt; the end of its standard error says why.',
  examples: [
    'chimera agent --queue mail --exec "python3 classify.py" --capacity 4',
    `chimera agent --queue upper --exec "jq '{output: (.payload|ascii_upcase), confidence: 1}'"`,
  ],
  options: {
    queue: required(names('queues', 'Queues to take tasks of, with commas between.')),
    exec: required(text('program', 'A line for the shell, run once for each attempt.')),
    capacity: withDefault(integer('n', 'Programs at once. Default: 1.', 1, limits.capacity), 1),
    timeout: duration("Longest time for one run, beside the task's own."),
    instance: formatted('name', 'Tells agents of one token apart. Default: made for this process.', formats.name),
    ...nodeOptions,
    json,
  },
  run: async ({ queue, exec, capacity, timeout, instance, json, ...node }) => {
    const access = await findNode(node, 'agent')
    const stopping = listenForStop()
    const working = new Agent({
      ...access,
      queues: queue,
      capacity,
      ...(instance === undefined ? {} : { instance }),
      handle: programHandler({
        program: exec,
        timeoutMs: timeout,
        onAttempt: (attempt) => printAs(json, attempt, () => lineOf(attempt)),
      }),
    })
    const refused = new Promise<never>((_, reject) => {
      working.onState((state) => {
        if (state.kind === 'open') note(`Connected to ${state.node}; taking tasks of ${queue.join(', ')}.`)
        if (state.kind === 'waiting')
          note(`${reasonOf(state.because)}; trying again in ${Math.ceil(state.delayMs / 1_000)} s.`)
        if (state.kind === 'closed' && state.because !== undefined) reject(state.because)
      })
    })
    await Promise.race([stopping.asked, refused])
    note('Finishing what runs; a second signal ends at once.')
    await working.close()
  },
})

const reasonOf = ({ message }: ChimeraError): string => `No connection (${message})`

const lineOf = ({ task, queue, step, attempt, end, ms, error }: Attempt): string =>
  `${task}  ${queue}, step ${step}, attempt ${attempt}: ${end} in ${ms} ms${error === undefined ? '' : `: ${excerpt(error, 200)}`}`
