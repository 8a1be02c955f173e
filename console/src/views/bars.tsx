/** Counts by name, as a table whose rows show their share. */

const word = (name: string): string => name.toLowerCase().replaceAll('_', ' ')

export function Bars({ title, counts }: { readonly title: string; readonly counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts)
  const most = Math.max(1, ...entries.map(([, n]) => n))
  return (
    <table class="bars">
      <caption>{title}</caption>
      <tbody>
        {entries.map(([name, n]) => (
          <tr key={name}>
            <th scope="row">{word(name)}</th>
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
