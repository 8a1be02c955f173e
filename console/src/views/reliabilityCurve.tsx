/**
 * How often people approved what was held, by the confidence that the agent had: well calibrated lies on the dashed line.
 * The drawing has nothing that its table doesn't say.
 */
import type { Band } from '../../../src/protocol/leadRecords.js'
import { ShareCell } from './shareCell.js'
import { Table } from './table.js'

const width = 540
const height = 340
const left = 60
const bottom = 40
const top = 10
const right = 18

const xOf = (confidence: number): number => left + confidence * (width - left - right)
const yOf = (share: number): number => height - bottom - share * (height - top - bottom)
const marks = [0, 0.2, 0.4, 0.6, 0.8, 1]

type Point = {
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
  readonly from: number
}

const pointOf = ({ from, meanConfidence, approved }: Band): readonly Point[] =>
  approved === null || meanConfidence === null
    ? []
    : [{ from, x: xOf(meanConfidence), y: yOf(approved.share), low: yOf(approved.low), high: yOf(approved.high) }]

export function ReliabilityCurve({ bands }: { readonly bands: readonly Band[] }) {
  const points = bands.flatMap(pointOf)
  return (
    <figure class="curve">
      <figcaption>Approved as it was held, by confidence</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {marks.map((mark) => (
          <g key={mark}>
            <line class="grid" x1={left} x2={width - right} y1={yOf(mark)} y2={yOf(mark)} />
            <text x={left - 7} y={yOf(mark) + 4} text-anchor="end">
              {Math.round(mark * 100)} %
            </text>
            <text x={xOf(mark)} y={height - bottom + 17} text-anchor="middle">
              {mark.toFixed(1)}
            </text>
          </g>
        ))}
        <text x={xOf(0.5)} y={height - 5} text-anchor="middle">
          confidence of the agent
        </text>
        <line class="ideal" x1={xOf(0)} y1={yOf(0)} x2={xOf(1)} y2={yOf(1)} />
        <polyline class="line" points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
        {points.map(({ from, x, y, low, high }) => (
          <g key={from} class="point">
            <path d={`M${x} ${low}V${high}M${x - 4} ${low}h8M${x - 4} ${high}h8`} />
            <circle cx={x} cy={y} r="4" />
          </g>
        ))}
      </svg>
    </figure>
  )
}

const heads = [
  'Confidence',
  { number: 'Cards' },
  { number: 'Mean' },
  { number: 'Edited' },
  { number: 'Rejected' },
  'Approved as held',
]

export function BandTable({ bands }: { readonly bands: readonly Band[] }) {
  const met = bands.filter(({ cards }) => cards > 0)
  return (
    <Table label="Approved as held, by band of confidence" heads={heads}>
      {met.map(({ from, to, cards, meanConfidence, edited, rejected, approved }) => (
        <tr key={from}>
          <th scope="row" class="number">
            {from.toFixed(1)} to {to.toFixed(1)}
          </th>
          <td class="number">{cards}</td>
          <td class="number">{meanConfidence?.toFixed(2)}</td>
          <td class="number">{edited}</td>
          <td class="number">{rejected}</td>
          <ShareCell share={approved} />
        </tr>
      ))}
    </Table>
  )
}
