/** What is wrong with an exported record, in words for whoever checks it. */

export type FaultKind = 'changed' | 'missing' | 'doubled' | 'reordered' | 'added' | 'cut' | 'foreignKey' | 'otherTenant'

export type RecordFault = {
  readonly kind: FaultKind
  /** Of the file, from 1. */
  readonly line: number
  /** Shard and number, where it is about an entry. */
  readonly entry?: string
  readonly why: string
}

const words = {
  changed: 'changed',
  missing: 'missing',
  doubled: 'doubled',
  reordered: 'out of order',
  added: 'put in',
  cut: 'cut off',
  foreignKey: 'signed by another key',
  otherTenant: "another tenant's",
} as const satisfies Record<FaultKind, string>

export const faultText = ({ kind, line, entry, why }: RecordFault): string =>
  `line ${line}${entry === undefined ? '' : `, entry ${entry}`}: ${words[kind]}: ${why}`
