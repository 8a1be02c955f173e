/** What the demo uses of the package, which ships no types. */

declare module 'wink-naive-bayes-text-classifier' {
  interface NaiveBayes {
    /** `smoothingFactor` 0 to 1. `considerOnlyPresence`: a word counts once a text. */
    defineConfig(config: { readonly considerOnlyPresence: boolean; readonly smoothingFactor: number }): boolean
    learn(words: readonly string[], label: string): boolean
    /** Ends the learning; throws with fewer than two labels or ten words. */
    consolidate(): boolean
    /** Log2 of the odds of each label, best first; `[['unknown', 0]]` where no word is known. */
    computeOdds(words: readonly string[]): readonly (readonly [label: string, log2Odds: number])[]
  }

  export default function naiveBayes(): NaiveBayes
}
