/** What stands in the place of a secret without being one. */

/** `$KEY`, `$key`, `${KEY}`, `{{ key }}`, `%KEY%`, `%s`. */
const variable = /^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|\d)$|\$\{|\$\(|\{\{|^%[A-Za-z_]{2,40}%?$|^%[a-z]$/

/** `<your key>`, `${KEY}`, `{{ key }}`, `$KEY`, `%KEY%`, `[redacted]`, `env.KEY`, `config.get("key")`. */
const templates = [
  /^[<[({]/,
  /[>\])}]$/,
  variable,
  /^@[A-Za-z]/,
  /^(?:process\.env|os\.|env\.|import\.meta|config[.[]|secrets?\.|vars?\.|settings\.|self\.|this\.|req\.|ctx\.)/i,
  /[a-z]\(/i,
  /…|\.\.\./,
]

/** Values in the place of a secret that say so, or that are types and other words of code. */
const words =
  /^(?:null|none|nil|true|false|undefined|string|str|number|int|integer|bool|boolean|bytes|u?int\d+(?:array)?|float\d+(?:array)?|arraybuffer|object|any|unknown|optional|required|empty|missing|hidden|redacted|masked|removed|secret|token|password|passwd|pass|pwd|key|value|text|change-?me|change_me|replace-?me|todo|tbd|n\/a|example|sample|placeholder|default|test|dummy|fake|foo|bar|foobar|yes|no|on|off|enabled|disabled)$/i

const saysSo =
  /^(?:your|my|the|some|an?|insert|enter|replace|put|add|use)[-_ ]|[-_ ](?:here|goes[-_ ]here)$|placeholder|redacted|example[-_]?(?:key|token|secret)$/i

/** A secret of which every character is one of these, or one and the same, is hidden or none. */
const hidden = /^[*•●#_.xX0-]+$/

export function isPlaceholder(value: string): boolean {
  if (isHidden(value) || words.test(value) || saysSo.test(value)) return true
  return templates.some((template) => template.test(value))
}

/** Only what no person would ever have as a secret: in addresses, `user:pass` counts. */
export function isTemplate(value: string): boolean {
  return isHidden(value) || variable.test(value) || /^[<[({].*[>\])}]$/.test(value)
}

function isHidden(value: string): boolean {
  return hidden.test(value) || new Set(value).size < 2
}
