/**
 * Many words as one expression that goes from letter to letter: words that begin alike share their beginning, which an
 * alternation of whole words tries again and again (nine times as slow for 250 words).
 */

type Node = Map<string, Node>

/** Ends a word. */
const end = ''

/** Longest first, of those that begin at one place. `gap` is what stands for a space. Words are letters and spaces. */
export function trieExpression(words: Iterable<string>, gap: string): string {
  const root: Node = new Map()
  for (const word of words) {
    let node = root
    for (const letter of [...word, end]) {
      const next = node.get(letter) ?? new Map()
      node.set(letter, next)
      node = next
    }
  }
  return expressionOf(root, gap)
}

function expressionOf(node: Node, gap: string): string {
  const others = [...node].filter(([letter]) => letter !== end)
  if (others.length === 0) return ''
  const branches = others.map(([letter, next]) => (letter === ' ' ? gap : letter) + expressionOf(next, gap))
  return `(?:${branches.join('|')})${node.has(end) ? '?' : ''}`
}
