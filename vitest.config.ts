import { defineConfig } from 'vitest/config'

// Two cores here and in CI: files run in forks side by side, tests of one file one after the other.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/machine/setUp.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
