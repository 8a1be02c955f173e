/** Every HTTP call of a node: the one table of this interface. */
import { fleetControlRoutes } from './fleetControlRoutes.js'
import { fleetRoutes } from './fleetRoutes.js'
import { reviewRoutes } from './reviewRoutes.js'
import type { Route } from './route.js'
import { taskRoutes } from './taskRoutes.js'

export const routes: readonly Route[] = [...taskRoutes, ...reviewRoutes, ...fleetRoutes, ...fleetControlRoutes]
