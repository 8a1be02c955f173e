/**
 * Serves the calls over HTTP: admits, turns a call into a frame, has it performed, and words the answer. The one file
 * that knows the library, whose own validation and logging stay off: frames are checked as those of a WebSocket are.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Identity } from '../../actors/effects.js'
import { checkFrame, type ValueLimits } from '../../protocol/check.js'
import { limits } from '../../protocol/formats.js'
import type { FrameOf } from '../../protocol/frames.js'
import { Unsayable } from '../../protocol/packing.js'
import type { Reply } from '../../tasks/reply.js'
import type { AddressLimits } from '../addressLimits.js'
import { type Admit, bearerToken, hasRole, hasTokenInQuery, tooManyTries } from '../admission.js'
import { noSuchMethod, type Problem, problemDocument, problemHeaders, problemOf, unauthorized } from '../problem.js'
import type { RemoteAddress } from '../remoteAddress.js'
import { subprotocol, webSocketPaths } from '../upgrade.js'
import { type ConsoleAnswer, consolePath, readConsole } from './consoleRoutes.js'
import { IncomingRequest } from './incomingRequest.js'
import { jsonText } from './jsonText.js'
import { openApi, tenantPath } from './openApi.js'
import { type Answer, type Call, type CallerRole, type Route, UnfitValue } from './route.js'
import { routes } from './routes.js'

/** Carries out a checked frame as a session of the role would. `subscriber`: whose outcomes a `submit` makes. */
export type Perform = (
  identity: Identity,
  role: CallerRole,
  frame: FrameOf<CallerRole>,
  subscriber?: string,
) => Promise<Reply>

export type HttpServerOptions = {
  readonly admit: Admit
  readonly addressLimits: AddressLimits
  readonly addressOf: RemoteAddress
  readonly perform: Perform
  /** What keeps the node from serving; undefined: it is ready. */
  readonly unreadyFor: () => Promise<string | undefined>
  readonly limits: ValueLimits & { readonly messageBytes: number }
  readonly onFailure: (error: unknown) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null
  }
}

/** To send a request's head, and the whole of it. */
const headersMs = 10_000
const requestMs = 60_000
/** Room for the longest token. */
const headerBytes = 2 * limits.tokenBytes

export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: options.limits.messageBytes,
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs, maxHeaderSize: headerBytes, IncomingMessage: IncomingRequest },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    frameworkErrors: (_error, _request, reply) => sendProblem(reply, problemOf('INVALID', 'expected a path in UTF-8')),
  })
  app.decorateRequest('identity', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    parsed(body),
  )
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problemOf('NOT_FOUND', 'there is no such call')))
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOfError(error, options.onFailure)))
  // Else a connection that is kept alive keeps a node that stops.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!app.server.listening) reply.header('Connection', 'close')
    done()
  })
  addOpenCalls(app, options)
  for (const route of routes) addRoute(app, route, options)
  refuseOtherMethods(app)
  return app
}

function addOpenCalls(app: FastifyInstance, { unreadyFor }: HttpServerOptions): void {
  const document = JSON.stringify(openApi())
  app.get('/healthz', async (_request, reply) => sendJson(reply, 200, '{"status":"alive"}'))
  app.get('/readyz', async (_request, reply) => {
    const why = await unreadyFor()
    if (why === undefined) return sendJson(reply, 200, '{"status":"ready"}')
    return sendProblem(reply, { ...problemOf('OVERLOADED', why), retryAfterMs: 1_000 })
  })
  app.get('/openapi.json', async (_request, reply) => sendJson(reply, 200, document))
  const notUpgraded: Problem = {
    ...problemOf('INVALID', `expected a WebSocket with Sec-WebSocket-Protocol: ${subprotocol}`),
    status: 426,
    headers: { Upgrade: 'websocket' },
  }
  for (const path of webSocketPaths) app.get(path, async (_request, reply) => sendProblem(reply, notUpgraded))
  addConsole(app)
}

function addConsole(app: FastifyInstance): void {
  const fileAt = readConsole()
  const send = (reply: FastifyReply, { status, headers, body }: ConsoleAnswer) =>
    reply.code(status).headers(headers).send(body)
  app.get('/console', async (_request, reply) => reply.redirect(consolePath, 308))
  app.get(`${consolePath}*`, async (request, reply) =>
    send(reply, fileAt((request.params as { '*': string })['*'], request.headers['accept-encoding'])),
  )
}

const openPaths = ['/healthz', '/readyz', '/openapi.json', '/console', `${consolePath}*`, ...webSocketPaths]

const pathOf = (route: Route): string => (tenantPath + route.path).replace(/\{(\w+)\}/g, ':$1')

/** A path that is known has its methods, and says so of any other. */
function refuseOtherMethods(app: FastifyInstance): void {
  const methodsOf = new Map<string, string[]>(openPaths.map(onlyGet))
  for (const route of routes) methodsOf.set(pathOf(route), [...(methodsOf.get(pathOf(route)) ?? []), route.method])
  for (const [url, allowed] of methodsOf) {
    const refuse = (_request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, noSuchMethod(allowed))
    // Before a body is read.
    const method = app.supportedMethods.filter((each) => !allowed.includes(each))
    app.route({ method, url, onRequest: async (request, reply) => refuse(request, reply), handler: refuse })
  }
}

const onlyGet = (path: string): [string, string[]] => [path, ['GET']]

function addRoute(app: FastifyInstance, route: Route, options: HttpServerOptions): void {
  app.route({
    method: route.method,
    url: pathOf(route),
    // Before the body is read: who isn't admitted sends none.
    onRequest: async (request, reply) => {
      const problem = await admission(request, route, options)
      if (problem !== undefined) return sendProblem(reply, problem)
    },
    handler: async (request, reply) => {
      const answer = await answerOf(request, route, options)
      return 'problem' in answer
        ? sendProblem(reply, answer.problem)
        : sendJson(reply.headers(answer.headers ?? {}), answer.status, jsonText(answer.body))
    },
  })
}

/** Sets the request's identity, or says why not. */
async function admission(
  request: FastifyRequest,
  route: Route,
  options: HttpServerOptions,
): Promise<Problem | undefined> {
  const { admit, addressLimits } = options
  const remoteAddress = options.addressOf(request.raw)
  const retryAfterMs = addressLimits.mayTry(remoteAddress)
  if (retryAfterMs > 0) return tooManyTries(retryAfterMs)
  const [, query = ''] = request.url.split('?', 2)
  if (hasTokenInQuery(new URLSearchParams(query)))
    return unauthorized('a token in the query string is refused: send it as a header')
  const admitted = await admit(bearerToken(request.headers), remoteAddress)
  if (admitted.kind === 'refused') return admitted.problem
  const { identity } = admitted
  const { tenant } = request.params as Readonly<Record<string, string>>
  if (tenant !== identity.tenant) return problemOf('FORBIDDEN', "the path's tenant: expected the token's")
  if (!hasRole(identity, route.roles))
    return problemOf(
      'FORBIDDEN',
      `expected a token with the role ${[...new Set([...route.roles, 'admin'])].join(' or ')}`,
    )
  request.identity = identity
  return undefined
}

async function answerOf(request: FastifyRequest, route: Route, options: HttpServerOptions): Promise<Answer> {
  const { identity } = request
  if (identity === null) throw new Error('a call that was not admitted')
  const query = request.query as Readonly<Record<string, string | string[]>>
  const repeated = Object.entries(query).find(([, value]) => typeof value !== 'string')
  if (repeated !== undefined) return { problem: problemOf('INVALID', `${repeated[0]}: expected once in the query`) }
  const call: Call = {
    identity,
    params: request.params as Readonly<Record<string, string>>,
    query: query as Readonly<Record<string, string>>,
    headers: request.headers,
    body: request.body,
  }
  const asked = route.ask(call)
  if (asked.kind === 'wrong') return { problem: asked.problem }
  const checked = checkFrame(asked.role, { ...asked.frame, id: 0 }, options.limits)
  if (checked.kind === 'unknownType') throw new Error(`a call that asks for ${checked.type}`)
  if (checked.kind === 'invalid') return { problem: problemOf(checked.code, checked.message) }
  const reply = await options.perform(identity, asked.role, checked.frame, asked.subscriber)
  return reply.kind === 'ack' ? route.reply(reply.fields, call) : { problem: problemOfReply(reply) }
}

function problemOfReply({ code, message, retryAfterMs, fields }: Extract<Reply, { kind: 'error' }>): Problem {
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { ...problemOf(code, message), ...retry, ...(fields === undefined ? {} : { members: fields }) }
}

/** Of the library's own refusals, and of failures, which are told to nobody outside. */
function problemOfError(error: unknown, onFailure: (error: unknown) => void): Problem {
  if (error instanceof UnfitValue) return problemOf('INVALID', error.message)
  if (error instanceof Unsayable)
    return problemOf('TOO_LARGE', `the answer has no JSON: ${error.message}; read it over a WebSocket`)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return problemOf('TOO_LARGE', 'body: larger than the limits allow')
  if (status === 415) return { ...problemOf('INVALID', 'Content-Type: expected application/json'), status }
  if (status >= 400 && status < 500)
    return problemOf('INVALID', error instanceof Error ? error.message : 'a bad request')
  onFailure(error)
  return problemOf('INTERNAL', 'the node failed; send it again')
}

/** Text that is no JSON becomes a refusal of the library's kind. */
function parsed(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not readable'
    throw Object.assign(new Error(`body: expected JSON: ${why}`), { statusCode: 400 })
  }
}

function sendJson(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('Cache-Control', 'no-store').type('application/json').send(text)
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problemHeaders(problem))
    .send(jsonText(problemDocument(problem)))
}
