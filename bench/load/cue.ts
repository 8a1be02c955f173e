/** What a load that goes on until it is told to stop says, and hears. */
export interface Cue {
  /** All is connected and at work. */
  ready(): void
  readonly stopped: Promise<void>
}
