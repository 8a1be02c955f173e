/**
 * The review console's files: read and compressed once, at the node's start, and served from memory. They are the same
 * for everybody and hold nothing of anybody: what is shown on them comes over the operator's own connection.
 *
 * Names under `assets/` carry a hash of what is in them, so they may be kept for ever; the page that names them may
 * not.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const consolePath = '/console/'

export type ConsoleAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/** Answers by the path below `/console/`, and by the request's `Accept-Encoding`. */
export type ConsoleFiles = (path: string, accepted?: string) => ConsoleAnswer

/** Where `npm run build` puts them, seen from the source and from what is built of it. */
export const consoleFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/console/' : '../../../console/', import.meta.url),
)

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self' ws: wss:",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'X-Frame-Options': 'DENY',
}

const forEver = 'public, max-age=31536000, immutable'

/** A folder that isn't there has no files: then the answer says how they are made. */
export function readConsole(folder: string = consoleFolder): ConsoleFiles {
  const files = new Map(namesIn(folder).map((name) => [name, bodiesOf(readFileSync(join(folder, name)))]))
  return (path, accepted = '') => {
    const name = path === '' ? 'index.html' : path
    const bodies = files.get(name)
    if (bodies === undefined) return missing(files.size === 0)
    const type = types[extname(name)] ?? 'application/octet-stream'
    const kept = name.startsWith('assets/') ? forEver : 'no-store'
    const told = { ...headers, 'Content-Type': type, 'Cache-Control': kept, Vary: 'Accept-Encoding' }
    if (!gzipAccepted.test(accepted)) return { status: 200, headers: told, body: bodies.plain }
    return { status: 200, headers: { ...told, 'Content-Encoding': 'gzip' }, body: bodies.gzip }
  }
}

const gzipAccepted = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i

const bodiesOf = (plain: Buffer) => ({ plain, gzip: gzipSync(plain) })

const missing = (isUnbuilt: boolean): ConsoleAnswer => ({
  status: 404,
  headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  body: isUnbuilt
    ? 'The console has not been built: run "npm run build", and start the node again.\n'
    : `The console has no such file. It begins at ${consolePath}\n`,
})

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.replace(/\/*$/, '/').length))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
