/** The console's files, as the node serves them: under what policy, for how long, and how heavy. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConsole } from '../../src/transport/http/consoleRoutes.js'
import { openWorld } from '../integration/world.js'

const source = resolve(import.meta.dirname, '../../console/src')
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
const read = (name: string): string => readFileSync(join(source, name), 'utf8')

test('[CO1] the page is served under a policy without inline script, frames or other hosts, and is not kept', async () => {
  const { url } = await openWorld()
  const page = await fetch(`${url}/console/`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('cache-control')).toBe('no-store')
  const policy = (page.headers.get('content-security-policy') ?? '').split('; ')
  expect(policy).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' ws: wss:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]),
  )
  expect(policy.join()).not.toContain('unsafe')
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
})

test('[CO1] what it names is kept for ever, with its type; the bare path leads to it; other methods are refused', async () => {
  const { url } = await openWorld()
  const html = await (await fetch(`${url}/console/`)).text()
  const [, script = ''] = /src="([^"]+\.js)"/.exec(html) ?? []
  const [, style = ''] = /href="([^"]+\.css)"/.exec(html) ?? []
  for (const [path, type] of [
    [script, 'text/javascript; charset=utf-8'],
    [style, 'text/css; charset=utf-8'],
  ] as const) {
    const file = await fetch(url + path)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-type')).toBe(type)
    expect(file.headers.get('cache-control')).toContain('immutable')
  }
  const bare = await fetch(`${url}/console`, { redirect: 'manual' })
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/console/'])
  expect((await fetch(`${url}/console/`, { method: 'POST' })).status).toBe(405)
})

test('[CO2] paths that are none of its files are 404, also those that would lead out of its folder', async () => {
  const { url } = await openWorld()
  for (const path of ['missing.js', '..%2f..%2fpackage.json', 'assets', '%00', 'assets/../../package.json']) {
    const answer = await fetch(`${url}/console/${path}`)
    expect(answer.status, path).toBe(404)
  }
})

test('[CO2] a console that was not built says how it is built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chimera-console-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const place of [folder, join(folder, 'missing')]) {
    const answer = readConsole(place)('')
    expect(answer.status).toBe(404)
    expect(String(answer.body)).toContain('npm run build')
  }
})

test('[CO3] all that the first page loads is at most 150 kB, compressed', async () => {
  const { url } = await openWorld()
  const html = await (await fetch(`${url}/console/`)).text()
  const names = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(1)
  const bytes = ['/console/', ...names].map(async (name) => {
    const { headers } = await fetch(url + name, { headers: { 'Accept-Encoding': 'br, gzip;q=0.8' } })
    expect(headers.get('content-encoding')).toBe('gzip')
    return Number(headers.get('content-length'))
  })
  const sum = (await Promise.all(bytes)).reduce((all, n) => all + n, 0)
  expect(sum).toBeGreaterThan(10_000)
  expect(sum).toBeLessThan(150_000)
})

test('[CO3] who takes nothing compressed gets the same files as they are', async () => {
  const { url } = await openWorld()
  for (const accepted of ['identity', 'gzip;q=0', 'br']) {
    const answer = await fetch(`${url}/console/`, { headers: { 'Accept-Encoding': accepted } })
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, 'Accept-Encoding'])
    expect(await answer.text()).toContain('<!doctype html>')
  }
})

test('[CO4] nothing in its source makes markup of a text, runs one, or asks another host', () => {
  const forbidden =
    /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\(|new Function|https?:\/\//
  const wrong = sources.flatMap(
    (name) =>
      read(name)
        .match(forbidden)
        ?.map((found) => `${name}: ${found}`) ?? [],
  )
  expect(wrong).toEqual([])
})

test('[CO4] it imports of the project the client and the protocol alone, and of packages its two', () => {
  const wrong = sources.flatMap((name) => {
    const imports = [...read(name).matchAll(/^(?:import|export)\b[^'"`;=]*?from '([^'\n]+)'/gm)].map(
      ([, from = '']) => from,
    )
    return imports
      .filter((from) =>
        from.startsWith('.')
          ? /^\.\./.test(relative(source, resolve(join(source, name), '..', from))) &&
            !/src\/(client|protocol)\//.test(from)
          : !/^(preact|preact\/hooks|@preact\/signals)$/.test(from),
      )
      .map((from) => `${name} imports ${from}`)
  })
  expect(sources.length).toBeGreaterThan(30)
  expect(wrong).toEqual([])
})
