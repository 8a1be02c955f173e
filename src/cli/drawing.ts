/** Lines that are drawn over and over: on a screen of their own, or in place under what was printed before. */
import { printable } from './terminal.js'

const fullScreen = '\u001b[?1049h\u001b[?25l'
const formerScreen = '\u001b[?25h\u001b[?1049l'

export type Drawing = {
  readonly draw: (lines: readonly string[]) => void
  /** Gives the terminal back. */
  readonly end: () => void
}

/** The whole terminal, until it ends. */
export function drawScreen(): Drawing {
  process.stdout.write(fullScreen)
  const end = () => {
    process.off('exit', end)
    process.stdout.write(formerScreen)
  }
  process.on('exit', end)
  return {
    draw: (lines) => {
      const shown = lines.slice(0, process.stdout.rows).map((line) => `${fitted(line)}\u001b[K`)
      process.stdout.write(`\u001b[H${shown.join('\r\n')}\u001b[J`)
    },
    end,
  }
}

/** Some lines in place. What they say last stays. */
export function drawBlock(): Drawing {
  let drawn = 0
  return {
    draw: (lines) => {
      const up = drawn === 0 ? '' : `\u001b[${drawn}A`
      process.stdout.write(`${up}\u001b[J${lines.map(fitted).join('\n')}\n`)
      drawn = lines.length
    },
    end: () => {
      drawn = 0
    },
  }
}

/** A line that is wider would take two. */
const fitted = (line: string): string => printable(line).slice(0, process.stdout.columns).toWellFormed()
