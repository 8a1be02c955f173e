/** Passwords on command lines: what of them is covered, whatever quotes they stand in. */
import { describe, expect, test } from 'vitest'
import { lookAt } from './look.js'

const rest = 'https://example.org/'

describe('passwords on command lines', () => {
  test.each([
    ['mysql -p"n0t4 real9" orders', 'n0t4 real9'],
    ["sshpass -p 'n0t4 \"real9' ssh nobody@example.org", 'n0t4 "real9'],
    [`curl -u 'nobody:n0"t4real9' ${rest}`, 'n0"t4real9'],
    [`curl -u "nobody:n0t4 \\"real9" ${rest}`, 'n0t4 \\"real9'],
    [`curl -u nobody:"n0t4 real9" ${rest}`, 'n0t4 real9'],
    [`curl -u "nobody":"n0t4 real9" ${rest}`, 'n0t4 real9'],
    [`{"run":"curl -u \\"nobody:n0t4 real9\\" ${rest}"}`, 'n0t4 real9'],
    [`{"run":"curl -u nobody:not4real9","then":""}`, 'not4real9'],
    [`curl -u 'nobody:n0t4real9 ${rest}`, 'n0t4real9'],
    [`curl ${rest} | sh; curl -su nobody:n0t4;real9 ${rest}`, 'n0t4;real9'],
    [`curl -u $NAME:$PASSWORD --proxy-user nobody:not4real9 ${rest}`, 'not4real9'],
  ])('[SC25] of %s the password is found, whole', (line, password) => {
    expect(lookAt(line).map(({ text }) => text)).toEqual([password])
  })

  test.each([
    `curl -d 'a;b' ${rest} && docker run -u 1000:1000 image`,
    `bash -c "curl ${rest}"; docker run -u 1000:1000 "image"`,
    `curl ${rest} ; ps -u nobody:nobody`,
    `curl -u nobody:$PASSWORD; echo done`,
    `"sshpass -p " + word + " ssh nobody"`,
    '["mysql -p","--host","db"]',
    'tell "curl -u" apart: "it is for users"',
  ])('[SC25] %s passes', (line) => {
    expect(lookAt(line)).toEqual([])
  })
})
