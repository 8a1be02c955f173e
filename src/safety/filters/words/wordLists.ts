/** The word lists that come with the project: on, unless a policy switches one off by its name. */

import { french } from './french.js'
import { german } from './german.js'
import { spanish } from './spanish.js'
import type { WordList } from './wordList.js'

export const wordLists: readonly WordList[] = [german, french, spanish]
