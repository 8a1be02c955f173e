/** What a token says of its bearer. Whether it is true is the node's business: this only spares a wrong address. */

export type Claims = { readonly sub: string; readonly tenant: string; readonly expiresAt: number | undefined }

/** Undefined for what is no token at all. */
export function claimsOf(token: string): Claims | undefined {
  try {
    const body = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(body), (unit) => unit.charCodeAt(0))
    const { sub, tenant, exp } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    if (typeof sub !== 'string' || typeof tenant !== 'string') return undefined
    return { sub, tenant, expiresAt: typeof exp === 'number' ? exp * 1_000 : undefined }
  } catch {
    return undefined
  }
}
