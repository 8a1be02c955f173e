/**
 * A way to read a text, so that a disguise which a person sees through doesn't hide anything from the filters.
 *
 * | view | reads |
 * | --- | --- |
 * | `raw` | what was sent |
 * | `folded` | compatibility forms as plain letters, without marks, controls and invisible characters; case stays |
 * | `lookalikes` | letters of other scripts as the Latin ones that they look like |
 * | `letters` | digits and signs as the letters that they stand for (`p4$$w0rd`) |
 * | `digits` | letters as the digits that they stand for, within what is mostly digits (`O78-O5-l120`) |
 * | `squeezed` | runs of single letters or digits without the one separator between them (`d e l e t e`) |
 */

export type ViewName = 'raw' | 'folded' | 'lookalikes' | 'letters' | 'digits' | 'squeezed'

/** A piece of a text, in UTF-16 units; `end` is after its last. */
export type Span = { readonly start: number; readonly end: number }

export interface View {
  readonly name: ViewName
  readonly text: string
  /** The shortest piece of what was sent that reads as what contains this piece. */
  toOriginal(span: Span): Span
}
