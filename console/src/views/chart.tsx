/** A line over time, with its last and largest value in words: nobody has to see the line. */

type Props = {
  readonly title: string
  readonly unit: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
  readonly format: (value: number) => string
}

const width = 480
const height = 96

export function Chart({ title, unit, points, format }: Props) {
  const most = Math.max(1e-9, ...points.map(({ value }) => value))
  const [first] = points
  const last = points.at(-1)
  const spanMs = Math.max(1, (last?.at ?? 0) - (first?.at ?? 0))
  const place = ({ at, value }: { at: number; value: number }): string =>
    `${(((at - (first?.at ?? 0)) / spanMs) * width).toFixed(1)},${(height - 4 - (value / most) * (height - 12)).toFixed(1)}`
  const line = points.map(place).join(' ')
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <strong>
          {last === undefined ? '–' : format(last.value)} <small>{unit}</small>
        </strong>
        <span class="quiet">at most {format(most < 1e-6 ? 0 : most)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <line class="ground" x1="0" x2={width} y1={height - 4} y2={height - 4} />
        {points.length > 1 && (
          <>
            <polygon class="area" points={`0,${height - 4} ${line} ${width},${height - 4}`} />
            <polyline class="line" points={line} />
          </>
        )}
      </svg>
    </figure>
  )
}
