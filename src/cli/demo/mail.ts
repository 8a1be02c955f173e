/**
 * A mail as the demo hands it to an agent: the headers that say something, and the beginning of what it says. Its label
 * is apart, so that no agent ever sees it.
 */

export const mailLabels = ['ham', 'spam'] as const

export type MailLabel = (typeof mailLabels)[number]

export type Mail = {
  /** Unique in the corpus, such as `easy-ham-1/00008`. */
  readonly name: string
  /** As written: `Name <address>`. Empty where the mail doesn't say, as `to` and `subject`. */
  readonly from: string
  readonly to: string
  readonly subject: string
  /** As an ISO string, where the mail has a date that can be read. */
  readonly date?: string
  /** The mailing list that it came through, such as `ilug.linux.ie`. */
  readonly list?: string
  /** Its sender marked it as sent to many. */
  readonly bulk: boolean
  readonly text: string
}

export type LabelledMail = Mail & { readonly label: MailLabel }

/** The part of a labelled mail that goes out as a task's payload. */
export function mailPayload({ label: _, ...mail }: LabelledMail): Mail {
  return mail
}

/** Reads a task's payload. Throws a TypeError that names the field where it is no mail. */
export function mailFrom(payload: unknown): Mail {
  const fields = fieldsOf(payload)
  const date = optional(fields, 'date')
  const list = optional(fields, 'list')
  return {
    name: text(fields, 'name'),
    from: text(fields, 'from'),
    to: text(fields, 'to'),
    subject: text(fields, 'subject'),
    ...(date === undefined ? {} : { date }),
    ...(list === undefined ? {} : { list }),
    bulk: fields.bulk === true,
    text: text(fields, 'text'),
  }
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload !== 'object' || payload === null) throw new TypeError('payload: expected a mail')
  return { ...payload }
}

function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new TypeError(`payload.${name}: expected a text`)
  return value
}

function optional(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : text(fields, name)
}
