/** How agents hand something over: the shapes of output in which each instance is asked for. */

import type { Instance } from './instance.js'

type Shape = { readonly name: string; readonly of: (instance: Instance) => unknown }

const snake = (label: string) => label.toLowerCase().replace(/\W+/g, '_')
const camel = (label: string) => snake(label).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
const inHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const inCsv = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const onOneLine = (text: string) => text.replaceAll('\n', '\\n')

const shapes: readonly Shape[] = [
  { name: 'sentence', of: ({ label, value }) => `The ${label} on file is ${value}, please confirm it.` },
  {
    name: 'chat',
    of: ({ label, value }) => ({ role: 'assistant', content: `Sure!\n\n**${label}:** ${value}\n\nAnything else?` }),
  },
  { name: 'telling field', of: ({ label, value }) => ({ order: 7, customer: { [camel(label)]: value } }) },
  { name: 'snake field', of: ({ label, value }) => ({ status: 'done', result: { [snake(label)]: value } }) },
  {
    name: 'rows',
    of: ({ label, value }) => [
      { name: 'Ann', [label]: 'none' },
      { name: 'Bo', [label]: value },
    ],
  },
  {
    name: 'name and value',
    of: ({ label, value }) => ({ fields: [{ name: label, value }] }),
  },
  {
    name: 'Markdown table',
    of: ({ label, value }) => `| name | ${label} |\n| --- | --- |\n| Ann | ${onOneLine(value)} |\n`,
  },
  { name: 'CSV', of: ({ label, value }) => `name,${label},city\nAnn,${inCsv(value)},Leeds\n` },
  {
    name: 'code block',
    of: ({ label, value }) => `Use this:\n\n\`\`\`js\nconst ${camel(label)} = ${JSON.stringify(value)}\n\`\`\`\n`,
  },
  {
    name: 'log line',
    of: ({ label, value }) =>
      `2026-03-04T05:06:07.089Z INFO worker-3 saved record ${snake(label)}=${onOneLine(value)} in 12 ms`,
  },
  {
    name: 'stack trace',
    of: ({ label, value }) =>
      `Error: invalid ${label}: ${onOneLine(value)}\n    at check (/srv/app/check.js:12:9)\n    at run (/srv/app/run.js:3:5)`,
  },
  {
    name: 'diff',
    of: ({ label, value }) =>
      `--- a/conf.yml\n+++ b/conf.yml\n@@ -1,2 +1,2 @@\n name: ann\n-${label}: none\n+${label}: ${onOneLine(value)}\n`,
  },
  {
    name: 'draft',
    of: ({ label, value }) => ({
      subject: 'Your request',
      body: `Hello Ann,\n\nas asked, here is your ${label}:\n\n${value}\n\nKind regards\nThe team`,
    }),
  },
  {
    name: 'query',
    of: ({ label, value }) => `See https://app.example.com/find?${snake(label)}=${encodeURIComponent(value)}&page=2`,
  },
  {
    name: 'HTML',
    of: ({ label, value }) => `<table><tr><th>${label}</th><td>${inHtml(value)}</td></tr></table>`,
  },
  { name: 'JSON in text', of: ({ label, value }) => JSON.stringify({ ok: true, [camel(label)]: value }) },
  { name: 'XML', of: ({ label, value }) => `<row><${camel(label)}>${inHtml(value)}</${camel(label)}></row>` },
]

/** Nothing beside it tells what it is. */
const plainShapes: readonly Shape[] = [
  { name: 'alone', of: ({ value }) => value },
  { name: 'silent field', of: ({ value }) => ({ x: { a1: value } }) },
  {
    name: 'silent rows',
    of: ({ value }) => [
      ['Ann', 'Leeds'],
      ['Bo', value],
    ],
  },
  { name: 'list in text', of: ({ value }) => `- one\n- ${onOneLine(value)}\n- three` },
  { name: 'key', of: ({ value }) => ({ [value]: 1 }) },
]

type Way = readonly [way: string, value: unknown]

export const shapedWays = (instance: Instance): readonly Way[] => shapes.map(({ name, of }) => [name, of(instance)])
export const plainWays = (instance: Instance): readonly Way[] => plainShapes.map(({ name, of }) => [name, of(instance)])
