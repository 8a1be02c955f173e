/** The command line, read by commander (the one file that knows it): commands found, flags told apart, help written. */
import { CommanderError, Command as Parser } from 'commander'
import { UsageError } from '../errors.js'
import { type Command, flagOf, type Given } from './command.js'

export type Program = {
  readonly name: string
  readonly version: string
  readonly about: string
  readonly commands: readonly Command[]
}

/** Runs the command that `words` name; help is printed. Throws `UsageError` for what can't be read. */
export async function runProgram({ name, version, about, commands }: Program, words: readonly string[]): Promise<void> {
  const parser = configured(new Parser(name).description(about)).version(version)
  for (const command of commands) parser.addCommand(parserOf(command), { hidden: command.isHidden })
  parser.addHelpText('after', `\nEach command explains itself: ${name} submit --help`)
  if (words.length === 0) throw new UsageError(`expected a command, such as serve or demo; "${name} --help" lists them`)
  try {
    await parser.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw new UsageError(`${error.message.replace(/^error: /, '')}; ${nextAfter(error)}`)
  }
}

/** An id may begin with a dash. */
const nextAfter = ({ code, message }: CommanderError): string =>
  code === 'commander.unknownOption' && /'-[^-]/.test(message)
    ? 'see --help; for a word that begins with a dash, put -- before it'
    : 'see --help'

function parserOf(command: Command): Parser {
  const parser = configured(new Parser(command.name).description(command.about))
  for (const [name, { about }] of Object.entries(command.arguments)) parser.argument(`<${name}>`, about)
  for (const [name, { value, about }] of Object.entries(command.options))
    parser.option(value === undefined ? flagOf(name) : `${flagOf(name)} <${value}>`, about)
  for (const child of command.children) parser.addCommand(parserOf(child))
  if (command.examples.length > 0) {
    const lines = command.examples.map((example) => `  ${example}`)
    parser.addHelpText('after', ['', 'Examples:', ...lines].join('\n'))
  }
  // A word that is none of its children's names.
  if (command.children.length > 0) parser.argument('[command]').usage('[command] [options]')
  parser.action(() => command.run(given(parser, command)))
  return parser
}

function given(parser: Parser, { name, arguments: positional, children }: Command): Given {
  const [word] = parser.args
  if (children.length > 0 && word !== undefined) {
    const known = children.map((child) => child.name).join(', ')
    throw new UsageError(`${name}: there is no command ${JSON.stringify(word)}; expected one of ${known}`)
  }
  const words = Object.keys(positional).map((key, at) => [key, parser.args[at]])
  return { ...parser.opts<Record<string, string | true>>(), ...Object.fromEntries(words) }
}

function configured(parser: Parser): Parser {
  return parser
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .enablePositionalOptions()
    .helpCommand(false)
    .showSuggestionAfterError()
}
