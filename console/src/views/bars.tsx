/** Counts by name, as a table whose rows show their share. */

const word = (name: string): string => name.toLowerCase().replaceAll('_', ' ')

/** For how long something has waited, as the node counts it. */
export const ageWords: Readonly<Record<string, string>> = {
  '1m': 'under 1 min',
  '5m': 'under 5 min',
  '15m': 'under 15 min',
  '1h': 'under 1 h',
  '4h': 'under 4 h',
  '1d': 'under 1 day',
}

type Props = {
  readonly title: string
  readonly counts: Readonly<Record<string, number>>
  readonly words?: Readonly<Record<string, string>>
}

export function Bars({ title, counts, words = {} }: Props) {
  const entries = Object.entries(counts)
  const most = Math.max(1, ...entries.map(([, n]) => n))
  return (
    <table class="bars">
      <caption>{title}</caption>
      <tbody>
        {entries.map(([name, n]) => (
          <tr key={name}>
            <th scope="row">{words[name] ?? word(name)}</th>
            <td>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${(n / most) * 100}%` }} />
              </span>
              <span class="number">{n.toLocaleString('en')}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
