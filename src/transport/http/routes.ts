/** Every HTTP call of a node: the one table of this interface. */
import { auditRoutes } from './auditRoutes.js'
import { fleetControlRoutes } from './fleetControlRoutes.js'
import { fleetRoutes } from './fleetRoutes.js'
import { leadRoutes } from './leadRoutes.js'
import { policyRoutes } from './policyRoutes.js'
import { reviewRoutes } from './reviewRoutes.js'
import type { Route } from './route.js'
import { taskRoutes } from './taskRoutes.js'
import { webhookRoutes } from './webhookRoutes.js'

export const routes: readonly Route[] = [
  ...taskRoutes,
  ...reviewRoutes,
  ...fleetRoutes,
  ...fleetControlRoutes,
  ...policyRoutes,
  ...auditRoutes,
  ...webhookRoutes,
  ...leadRoutes,
]
