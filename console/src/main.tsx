/** Starts the console. */
import { render } from 'preact'
import './style/palette.css'
import './style/page.css'
import './style/review.css'
import './style/bulk.css'
import './style/attempt.css'
import './style/output.css'
import './style/views.css'
import './style/figures.css'
import { Console } from './console.js'
import { listenToKeys } from './keyboard.js'
import { station } from './room.js'
import { watchFleet } from './views/fleetReadings.js'

const root = document.getElementById('console')
if (root === null) throw new Error('the page has no place for the console')
listenToKeys()
watchFleet()
station.resume()
render(<Console />, root)
