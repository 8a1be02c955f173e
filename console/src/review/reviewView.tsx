/** The list and the open card, side by side. */
import { feed } from '../room.js'
import { BulkPane } from './bulkPane.js'
import { CardList } from './cardList.js'
import { CardPane } from './cardPane.js'
import { FilterBar } from './filterBar.js'

export function ReviewView() {
  return (
    <div class="review">
      <section class="queue-pane" aria-labelledby="queue-title">
        <div class="queue-head">
          <h2 id="queue-title">Cards</h2>
          <span class="total">{feed.total.value.toLocaleString('en')}</span>
        </div>
        <FilterBar />
        {feed.trouble.value !== undefined && <p class="complaint">{feed.trouble.value}</p>}
        <CardList />
        <BulkPane />
      </section>
      <CardPane />
    </div>
  )
}
