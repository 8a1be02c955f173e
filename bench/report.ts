/** One JSON line a case, after one about the machine. `--tiny`: so few that it only shows that the benchmark runs. */
import { cpus, totalmem } from 'node:os'

export const isTiny = process.argv.includes('--tiny')

export const printMachine = (bench: string, about: Readonly<Record<string, unknown>> = {}): void => {
  const [cpu] = cpus()
  const machine = {
    cores: cpus().length,
    cpu: cpu?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
  console.log(JSON.stringify({ bench, machine, ...about }))
}

export const printCase = (bench: string, name: string, found: Readonly<Record<string, unknown>>): void => {
  console.log(
    JSON.stringify({ bench, case: name, ...found }, (_, value) => (typeof value === 'number' ? round(value) : value)),
  )
}

const round = (value: number): number => (Number.isInteger(value) ? value : Math.round(value * 100) / 100)
