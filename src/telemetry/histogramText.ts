/** A distribution as Prometheus text (exposition format 0.0.4): the library has no way to show what others counted. */
import type { Distribution } from './distribution.js'

/** `unitsPer`: how many of the distribution's units make one of Prometheus's, such as ms to a second. */
export function histogramText(name: string, help: string, of: Distribution, unitsPer: number): string {
  const buckets = of.cumulative().map(([bound, count]) => {
    const le = bound === '+Inf' ? bound : String(bound / unitsPer)
    return `${name}_bucket{le="${le}"} ${count}`
  })
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...buckets]
  return [...lines, `${name}_sum ${of.sum / unitsPer}`, `${name}_count ${of.count}`, ''].join('\n')
}
