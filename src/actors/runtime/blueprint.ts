/** A definition made ready to run, once for all actors of it: its types forgotten, its rows and bounds looked up fast. */
import type { Address, AnyActorDefinition, Message, Step, Supervision } from './actor.js'
import type { Effect } from './effect.js'
import type { MailboxBounds } from './mailbox.js'

type Row = (state: unknown, message: Message, now: number) => Step<unknown, Effect>

export interface Blueprint {
  readonly name: string
  readonly supervision: Supervision
  readonly bounds: MailboxBounds
  readonly control: ReadonlySet<string>
  readonly start: (args: unknown, self: Address, now: number) => Step<unknown, Effect>
  /** A map: a kind such as `constructor` must not find what every object has. */
  readonly rows: ReadonlyMap<string, Row>
}

// Deep enough for a whole fleet that reports at once to one actor; control is rare, and small.
const defaultBounds: MailboxBounds = { work: 1_024, control: 256 }

const blueprints = new WeakMap<AnyActorDefinition, Blueprint>()

export function blueprintOf(definition: AnyActorDefinition): Blueprint {
  const known = blueprints.get(definition)
  if (known !== undefined) return known
  const blueprint: Blueprint = {
    name: definition.name,
    supervision: definition.supervision,
    bounds: { ...defaultBounds, ...definition.mailbox },
    control: new Set(definition.control),
    // Whoever spawns by this definition was checked against its own types.
    start: definition.start as Blueprint['start'],
    rows: new Map(Object.entries(definition.on as Readonly<Record<string, Row>>)),
  }
  blueprints.set(definition, blueprint)
  return blueprint
}
