import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.js'
import { createAddressLimits } from '../../src/transport/addressLimits.js'
import { FrameRate } from '../../src/transport/frameRate.js'

test('[X50] attempts of an address: four seconds’ worth at once, then as many as come in', () => {
  const clock = virtualClock()
  const addresses = createAddressLimits({ clock, connectsPerSecond: 10, refusalsPerMinute: 1 })
  for (let i = 0; i < 40; i++) expect(addresses.attempt('10.0.0.1')).toBe(0)
  expect(addresses.attempt('10.0.0.1')).toBe(100)
  expect(addresses.attempt('10.0.0.2')).toBe(0)
  clock.advance(100)
  expect(addresses.attempt('10.0.0.1')).toBe(0)
  expect(addresses.attempt('10.0.0.1')).toBe(100)
})

test('[X51] an IPv6 address counts by its /64, an IPv4 one written as IPv6 as itself', () => {
  const addresses = createAddressLimits({ clock: virtualClock(), connectsPerSecond: 10, refusalsPerMinute: 1 })
  addresses.refused('2001:db8:1:2::1')
  expect(addresses.mayTry('2001:db8:1:2:ffff::9')).toBeGreaterThan(0)
  expect(addresses.mayTry('2001:db8:1:3::1')).toBe(0)
  addresses.refused('::ffff:10.0.0.1')
  expect(addresses.mayTry('10.0.0.1')).toBeGreaterThan(0)
  expect(addresses.mayTry('::ffff:10.0.0.2')).toBe(0)
  expect(addresses.mayTry('::1')).toBe(0)
})

test('[X52] no more addresses are remembered than told; those that were quiet go first', () => {
  const addresses = createAddressLimits({
    clock: virtualClock(),
    connectsPerSecond: 10,
    refusalsPerMinute: 1,
    addresses: 2,
  })
  addresses.refused('10.0.0.1')
  addresses.refused('10.0.0.2')
  addresses.mayTry('10.0.0.1')
  addresses.refused('10.0.0.3')
  expect(addresses.mayTry('10.0.0.1')).toBeGreaterThan(0)
  expect(addresses.mayTry('10.0.0.3')).toBeGreaterThan(0)
  expect(addresses.mayTry('10.0.0.2')).toBe(0)
})

test('[X53] a connection may save up a second of frames; a tenth of it is for heartbeats', () => {
  const rate = new FrameRate(100, 0)
  let taken = 0
  while (rate.take(0, false) === 0) taken++
  expect(taken).toBe(90)
  while (rate.take(0, true) === 0) taken++
  expect(taken).toBe(100)
  expect(rate.take(0, true)).toBe(10)
  expect(rate.take(0, false)).toBe(110)
  expect(rate.take(110, false)).toBe(0)
})
