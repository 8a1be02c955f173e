/** A reason for a decision, and for a rejection its code, kept until it is sent. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { reasons } from '../room.js'
import { rejectionCodes } from './words.js'

type Props = {
  /** A form and what it is about. */
  readonly what: string
  /** Of the fields in the page. */
  readonly id: string
  readonly label: string
  readonly isNeeded: boolean
  readonly hasCode?: boolean
  readonly hasFocus?: boolean
}

export function ReasonFields({ what, id, label, isNeeded, hasCode = false, hasFocus = true }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    if (hasFocus) field.current?.focus()
  }, [])
  const reason = reasons.of(what)
  return (
    <div class="fields">
      {hasCode && (
        <>
          <label for={`${id}-code`}>Reason code</label>
          <select
            id={`${id}-code`}
            value={reason.code ?? rejectionCodes[0][0]}
            onChange={({ currentTarget }) => reasons.write(what, { ...reason, code: currentTarget.value })}
          >
            {rejectionCodes.map(([code, shown]) => (
              <option key={code} value={code}>
                {shown}
              </option>
            ))}
          </select>
        </>
      )}
      <label for={`${id}-reason`}>{label}</label>
      <textarea
        id={`${id}-reason`}
        ref={field}
        rows={2}
        value={reason.text}
        onInput={({ currentTarget }) => reasons.write(what, { ...reason, text: currentTarget.value })}
        required={isNeeded}
      />
    </div>
  )
}

/** What is sent of it. */
export function reasonIn(what: string): { readonly reason?: string } {
  const text = reasons.of(what).text.trim()
  return text === '' ? {} : { reason: text }
}

export const codeIn = (what: string): string => reasons.of(what).code ?? rejectionCodes[0][0]
