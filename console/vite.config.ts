/** Builds the console into `dist/console`, from which the node serves it. */
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // A page that is served under a strict policy takes nothing from data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The client loads `ws` where it runs in Node, and only there.
    rolldownOptions: { external: ['ws'] },
  },
  logLevel: 'warn',
})
