import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMail, textMaxChars } from '../../src/cli/demo/mailParser.js'

const lines = (...each: readonly string[]) => each.join('\r\n')

describe('a mail off the wire', () => {
  it('[D5] is read with its headers, its list and its text', async () => {
    const raw = lines(
      'From kre@munnari.example  Thu Aug 22 12:36:23 2002',
      'From: =?ISO-8859-1?Q?P=E1draig?= Brady <padraig@linux.example>',
      'To: ilug@linux.example, Valen <valen@tuatha.example>',
      'Subject: [ILUG] stupid',
      ' pics of the day',
      'Date: Thu, 01 Aug 2002 16:03:07 +0100',
      "List-Id: Irish Linux Users' Group <ILUG.linux.example>",
      'Precedence: bulk',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Some local Irish w=69ldlife: caf=E9',
    )
    expect(await parseMail('a', raw)).toEqual({
      name: 'a',
      from: 'Pádraig Brady <padraig@linux.example>',
      to: 'ilug@linux.example, Valen <valen@tuatha.example>',
      subject: '[ILUG] stupid pics of the day',
      date: '2002-08-01T15:03:07.000Z',
      list: 'ilug.linux.example',
      bulk: true,
      text: 'Some local Irish wildlife: café',
    })
  })

  it.each(['text/html', 'text/plain'])('[D6] that is HTML, sent as %s, is read as a person sees it', async (type) => {
    const html =
      '<html><style>p {}</style><p>Save&nbsp;&lt;75%&gt; on<br>life <!-- x --><b>insur</b>ance &#8364;9</p></html>'
    const mail = await parseMail('a', lines('Subject: s', `Content-Type: ${type}`, '', html))
    expect(mail.text.replace(/\s+/g, ' ')).toBe('Save <75%> on life insurance €9')
  })

  it.each([
    ['"Ann Bee" <ann@b.example>', 'Ann Bee <ann@b.example>'],
    ['ann@b.example (Ann Bee)', 'Ann Bee <ann@b.example>'],
    ['<ann@b.example>, <bob@c.example>', 'ann@b.example, bob@c.example'],
    ['ann@b.example ()', 'ann@b.example'],
    ['=?utf-8?B?w4Rubg==?= <ann@b.example>', 'Änn <ann@b.example>'],
  ])('[D26] from %s tells name and address the usual way', async (from, told) => {
    expect((await parseMail('a', lines(`From: ${from}`, '', 'Hi'))).from).toBe(told)
  })

  it('[D27] says once what it offers in alternatives, in the first that says anything', async () => {
    const alternatives = (...each: readonly string[]) =>
      lines('Content-Type: multipart/alternative; boundary=x', '', ...each.map((part) => `--x\r\n${part}`), '--x--')
    const plain = lines('Content-Type: text/plain', '', 'As text')
    const html = lines('Content-Type: text/html', '', '<p>As <b>HTML</b></p>')
    const blank = lines('Content-Type: text/plain', '', ' ')
    expect((await parseMail('a', alternatives(plain, html))).text).toBe('As text')
    expect((await parseMail('a', alternatives(blank, html))).text).toBe('As HTML')
  })

  it('[D28] says everything that it offers in a row, but for what is attached', async () => {
    const raw = lines(
      'Content-Type: multipart/mixed; boundary=x',
      '',
      'For readers of old',
      '--x',
      'Content-Type: text/html; charset=koi8-r',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<h1>\xf0\xd2\xc9\xd7\xc5\xd4</h1>', 'latin1').toString('base64'),
      '--x',
      'Content-Type: image/gif',
      '',
      'GIF89a',
      '--x',
      'Content-Type: text/plain',
      'Content-Disposition: attachment; filename=notes.txt',
      '',
      'Attached',
      '--x',
      'Content-Type: text/plain; format=flowed',
      '',
      'This line \r\ngoes on',
      '--x--',
    )
    expect((await parseMail('a', raw)).text).toBe('Привет\n\nThis line goes on')
  })

  it('[D7] that is broken still comes back, empty where it says nothing', async () => {
    const broken = [
      '',
      '\0\0\0',
      'no header at all',
      'Subject: =?utf-8?B?////?=\n\n\ud800 alone',
      'Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\nContent-Type: multipart/mixed; boundary=x\n\n--x',
      'Content-Type: text/plain; charset=no-such-charset\nContent-Transfer-Encoding: base64\n\n!!!!',
      `From: ${'<'.repeat(5_000)}\nDate: Thu, 99 Foo 102\n\nhi`,
      ...['<', '<!--', '<p ', ' \t', '<script>'].map((bomb) => `Content-Type: text/html\n\n${bomb.repeat(100_000)}x`),
      ...['Mailing-List', 'From', 'Date'].map((name) => `${name}: ${'y'.repeat(150_000)}\n\nafter a long header`),
      `X: ${'y'.repeat(3_000_000)}\n\nafter a header of three megabytes`,
    ]
    for (const raw of broken) expect(await parseMail('a', raw)).toMatchObject({ name: 'a', bulk: false })
  })

  it('[D8] whatever it says, is bounded and made of whole characters', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom(
        '',
        'Content-Type: text/html',
        'Content-Type: multipart/mixed; boundary=b',
        '--b',
        '--b--',
        '<p>',
      ),
      fc.constantFrom('Subject: =?utf-8?Q?=F0=9F?=', 'To: a <b@c>, d:;', '<script>', '&#55357;', '🙂'.repeat(3_000)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (raw) => {
        const mail = await parseMail('a', lines(...raw))
        expect(mail.text.length).toBeLessThanOrEqual(textMaxChars)
        for (const value of Object.values(mail)) {
          if (typeof value === 'string') expect(Buffer.from(value).toString()).toBe(value)
        }
      }),
      { numRuns: 200 },
    )
  })
})
