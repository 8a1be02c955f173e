/** Keys of a terminal, one by one, instead of lines. */

/** A character as it is, or the name of a key that has none. */
export type Key = string

const named: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001b[B': 'down',
  '\u001bOA': 'up',
  '\u001bOB': 'down',
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
  '\u0004': 'interrupt',
}

/** An escape with what it belongs to, or one character. */
const key = /\p{Cc}(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu

/** What was read at once: keys, and a paste is many. Sequences without a name here are left out. */
export function keysOf(read: string): readonly Key[] {
  const parts = read.match(key) ?? []
  return parts.flatMap((part) => {
    const name = named[part]
    if (name !== undefined) return [name]
    return /^\P{Cc}$/u.test(part) ? [part] : []
  })
}

/** Returns what gives the terminal back its lines. */
export function readKeys(onKey: (key: Key) => void): () => void {
  const { stdin } = process
  const onData = (read: Buffer) => {
    for (const key of keysOf(read.toString('utf8'))) onKey(key)
  }
  stdin.setRawMode(true)
  stdin.resume()
  stdin.on('data', onData)
  return () => {
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
