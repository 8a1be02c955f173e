/** The calls as an OpenAPI 3.1 document, made from the rows that serve them. */

import type { Route } from './route.js'
import { routes } from './routes.js'
import { type Schema, schemas } from './schemas.js'

export const tenantPath = '/v1/tenants/{tenant}'

export function openApi(): Schema {
  const paths: Record<string, Record<string, Schema>> = {}
  for (const route of routes) {
    const path = tenantPath + route.path
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Chimera', version: '1', description: 'The calls of section 6 of the protocol.' },
    security: [{ bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  }
}

function operation(route: Route): Schema {
  const requestBody = { required: true, content: { 'application/json': { schema: plain(route.body) } } }
  return {
    summary: route.summary,
    description: `Roles: ${[...new Set([...route.roles, 'admin'])].join(', ')}.`,
    parameters: parameters(route),
    ...(route.body === undefined ? {} : { requestBody }),
    responses: {
      [route.status]: { description: 'Done.', content: { 'application/json': { schema: route.answer } } },
      default: {
        description: 'What was wrong.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function parameters({ path, query, headers = {} }: Route): readonly Schema[] {
  const inPath = [...(tenantPath + path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema })),
    ...Object.entries(headers).map(([name, schema]) => ({ name, in: 'header', schema })),
  ]
}

/** Without what the schema library keeps for itself, under keys that start with `~`. */
function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema ?? {}, (key, value: unknown) => (key.startsWith('~') ? undefined : value)))
}
