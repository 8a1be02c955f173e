/** Where the actors of a node are. Sessions have an address for each connection; the others are one of a kind. */
import type { Address } from './runtime/actor.js'

export const registryAddress: Address = 'registry'

export const shardDoorAddress = (shard: number): Address => `shardDoor/${shard}`

export const shardOwnerAddress = (shard: number): Address => `shardOwner/${shard}`

export const dispatcherAddress = (tenant: string): Address => `dispatcher/${tenant}`

export const reviewQueueAddress = (tenant: string): Address => `reviewQueue/${tenant}`

export const fleetWatchAddress: Address = 'fleetWatch'

export const policyWatchAddress: Address = 'policyWatch'

export const membershipAddress: Address = 'membership'

export const courierAddress: Address = 'courier'
