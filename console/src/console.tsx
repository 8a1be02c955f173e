/** The page: who isn't signed in signs in, everybody else has the views. */
import { ConnectionState } from './connectionState.js'
import { HelpDialog } from './helpDialog.js'
import { notice, putAway } from './notices.js'
import { type View, view, views } from './place.js'
import { ReviewView } from './review/reviewView.js'
import { station } from './room.js'
import { Renewal } from './session/renewal.js'
import { SignIn } from './session/signIn.js'
import { SettingsMenu } from './settingsMenu.js'
import { AuditView } from './views/auditView.js'
import { CalibrationView } from './views/calibrationView.js'
import { FleetView } from './views/fleetView.js'
import { NumbersView } from './views/numbersView.js'
import { PolicyView } from './views/policyView.js'
import { TasksView } from './views/tasksView.js'

const pages: Readonly<Record<View, { readonly title: string; readonly Page: () => preact.JSX.Element }>> = {
  review: { title: 'Review', Page: ReviewView },
  fleet: { title: 'Fleet', Page: FleetView },
  tasks: { title: 'Tasks', Page: TasksView },
  numbers: { title: 'Numbers', Page: NumbersView },
  calibration: { title: 'Calibration', Page: CalibrationView },
  audit: { title: 'Audit', Page: AuditView },
  policy: { title: 'Policy', Page: PolicyView },
}

export function Console() {
  return station.place.value.kind === 'signedIn' ? <Room /> : <SignIn />
}

function Room() {
  const { Page, title } = pages[view.value]
  return (
    <div class="room">
      <header class="top">
        <button type="button" class="skip" onClick={() => document.getElementById('view')?.focus()}>
          Skip to the view
        </button>
        <p class="brand">Chimera</p>
        <nav aria-label="Views">
          {views.map((name) => (
            <a key={name} href={`#${name}`} {...(name === view.value ? { 'aria-current': 'page' as const } : {})}>
              {pages[name].title}
            </a>
          ))}
        </nav>
        <ConnectionState />
        <SettingsMenu />
      </header>
      <Renewal />
      <main id="view" tabIndex={-1} aria-labelledby="view-title">
        <h1 id="view-title" class="hidden-word">
          {title}
        </h1>
        <Page />
      </main>
      <Notices />
      <HelpDialog />
    </div>
  )
}

/** The live region is there before what it says. */
function Notices() {
  const said = notice.value
  return (
    <div class="notices" role="status" aria-live="polite">
      {said !== undefined && (
        <div key={said.number} class={said.isTrouble ? 'notice trouble' : 'notice'}>
          <span>{said.text}</span>
          <button type="button" aria-label="Put away" onClick={putAway}>
            ×
          </button>
        </div>
      )}
    </div>
  )
}
