/** What `INFO` says: names and values, without its headings. Empty where the server wouldn't say. */
export function parseInfo(reply: unknown): ReadonlyMap<string, string> {
  const lines = reply === undefined ? [] : `${reply}`.split('\r\n')
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const colon = line.indexOf(':')
      return colon <= 0 || line.startsWith('#') ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
    }),
  )
}
