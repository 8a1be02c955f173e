/** The browser that the tests of the console drive. */
import { access } from 'node:fs/promises'

export const chromiumPath = '/usr/bin/chromium'

export const hasChromium = (): Promise<boolean> =>
  access(chromiumPath).then(
    () => true,
    () => false,
  )
