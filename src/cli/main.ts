#!/usr/bin/env -S node --max-semi-space-size=64
import { version } from '../main/version.js'
/**
 * The `chimera` command.
 *
 * A node makes garbage that lives for as long as a commit takes: with the default of 16 MiB for young objects much of it
 * is copied in vain, which costs a busy node about a seventh of its time.
 */
import { agent } from './commands/agent.js'
import { agents } from './commands/agents.js'
import { audit } from './commands/audit.js'
import { ban, unban } from './commands/ban.js'
import { cancel } from './commands/cancel.js'
import { cluster } from './commands/cluster.js'
import { demo } from './commands/demo.js'
import { demoAgents } from './commands/demoAgents.js'
import { fleet } from './commands/fleet.js'
import { halt } from './commands/halt.js'
import { outcomes } from './commands/outcomes.js'
import { pause, resume } from './commands/pause.js'
import { policy } from './commands/policy.js'
import { prove } from './commands/prove.js'
import { replay } from './commands/replay.js'
import { review } from './commands/review.js'
import { serve } from './commands/serve.js'
import { stats } from './commands/stats.js'
import { submit } from './commands/submit.js'
import { task } from './commands/task.js'
import { tasks } from './commands/tasks.js'
import { token } from './commands/token.js'
import { webhook } from './commands/webhook.js'
import { told } from './failure.js'
import { runProgram } from './program.js'
import { endQuietlyWithReader, note } from './terminal.js'

const program = {
  name: 'chimera',
  version,
  about: 'A control plane for fleets of AI agents: every result passes a safety gate, and a person where it holds.',
  commands: [
    serve,
    demo,
    token,
    agent,
    submit,
    outcomes,
    tasks,
    task,
    cancel,
    replay,
    review,
    agents,
    fleet,
    pause,
    resume,
    ban,
    unban,
    halt,
    policy,
    webhook,
    audit,
    stats,
    cluster,
    prove,
    demoAgents,
  ],
}

endQuietlyWithReader()
try {
  await runProgram(program, process.argv.slice(2))
} catch (error) {
  const { line, exitCode } = told(error)
  note(`chimera: ${line}`)
  // Whatever a command that failed left open keeps nobody waiting.
  process.exit(exitCode)
}
