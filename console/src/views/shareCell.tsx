/** A share with the interval in which it lies with 95 % confidence: as numbers, and as a line for the eye. */
import type { Share } from '../../../src/protocol/leadRecords.js'

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** As a length of the page. */
const length = (share: number): string => `${share * 100}%`

export const shareWords = (share: Share | null): string =>
  share === null ? '–' : `${percent(share.share)} (${percent(share.low)} to ${percent(share.high)})`

export function ShareCell({ share }: { readonly share: Share | null }) {
  return (
    <td class="share">
      <span class="number">{shareWords(share)}</span>
      {share !== null && (
        <span class="interval" aria-hidden="true">
          <span style={{ left: length(share.low), right: length(1 - share.high) }} />
          <i style={{ left: length(share.share) }} />
        </span>
      )}
    </td>
  )
}
