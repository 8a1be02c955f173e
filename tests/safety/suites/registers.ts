/** Numbers that registers give to people, and those of their documents. */

import { always, fours, grouped, type Kind, type Make } from './instance.js'
import * as numbers from './numbers.js'

const ssn: Make = (dice) =>
  `${1 + dice.roll(5)}${1 + dice.roll(9)}${1 + dice.roll(9)}-${1 + dice.roll(9)}${dice.roll(10)}-${1 + dice.roll(9)}${dice.digits(3)}`
const itin: Make = (dice) => `9${dice.digits(2)}-7${dice.roll(9)}-${dice.digits(4)}`
const nino: Make = (dice) =>
  `${dice.pick(['AB', 'CE', 'HH', 'JK', 'PX', 'SR', 'WM', 'YZ'])}${dice.digits(6)}${dice.pick([...'ABCD'])}`
const bare =
  (make: Make): Make =>
  (dice) =>
    make(dice).replace(/[^A-Za-z0-9]/g, '')

export const registers: readonly Kind[] = [
  { kind: 'SSN', labels: ['SSN', 'social security number'], isPlain: true, make: [ssn, ...always('536-90-4399')] },
  {
    kind: 'SSN, digits',
    labels: ['SSN', 'social security number'],
    isPlain: false,
    make: [bare(ssn), (dice) => ssn(dice).replaceAll('-', ' ')],
  },
  { kind: 'ITIN', labels: ['ITIN', 'taxpayer id'], isPlain: true, make: [itin] },
  {
    kind: 'NINO',
    labels: ['national insurance number', 'NI number'],
    isPlain: true,
    make: [nino, (dice) => grouped(nino(dice), [2, 2, 2, 2, 1], ' ')],
  },
  {
    kind: 'NHS',
    labels: ['NHS number'],
    isPlain: false,
    make: [
      numbers.nhsNumber,
      (dice) => grouped(numbers.nhsNumber(dice), [3, 3, 4], ' '),
      (dice) => grouped(numbers.nhsNumber(dice), [3, 3, 4], '-'),
    ],
  },
  {
    kind: 'Aadhaar',
    labels: ['Aadhaar number', 'UIDAI'],
    isPlain: false,
    make: [
      (dice) => numbers.withVerhoeff(`${2 + dice.roll(8)}${dice.digits(10)}`),
      (dice) => fours(numbers.withVerhoeff(`${2 + dice.roll(8)}${dice.digits(10)}`)),
    ],
  },
  {
    kind: 'SIN',
    labels: ['SIN', 'social insurance number'],
    isPlain: false,
    make: [
      (dice) => numbers.withLuhn(`${1 + dice.roll(7)}${dice.digits(7)}`),
      (dice) => grouped(numbers.withLuhn(`${1 + dice.roll(7)}${dice.digits(7)}`), [3, 3, 3], dice.pick([' ', '-'])),
    ],
  },
  {
    kind: 'CPF',
    labels: ['CPF'],
    isPlain: true,
    make: [(dice) => numbers.cpf(dice).replace(/^(...)(...)(...)(..)$/, '$1.$2.$3-$4')],
  },
  { kind: 'CPF, digits', labels: ['CPF'], isPlain: false, make: [numbers.cpf] },
  {
    kind: 'NIR',
    labels: ['numéro de sécurité sociale', 'NIR'],
    isPlain: true,
    make: [numbers.nir, (dice) => grouped(numbers.nir(dice), [1, 2, 2, 2, 3, 3, 2], ' ')],
  },
  {
    kind: 'German tax id',
    labels: ['Steuer-ID', 'Steueridentifikationsnummer', 'tax id'],
    isPlain: false,
    make: [numbers.germanTaxId, (dice) => grouped(numbers.germanTaxId(dice), [2, 3, 3, 3], ' ')],
  },
  {
    kind: 'DNI',
    labels: ['DNI', 'NIF'],
    isPlain: true,
    make: [
      numbers.dni,
      (dice) => numbers.dni(dice).replace(/.$/, '-$&'),
      numbers.nie,
      (dice) => grouped(numbers.nie(dice), [1, 7, 1], '-'),
    ],
  },
  {
    kind: 'codice fiscale',
    labels: ['codice fiscale'],
    isPlain: true,
    make: [
      numbers.codiceFiscale,
      (dice) => numbers.codiceFiscale(dice).toLowerCase(),
      (dice) => grouped(numbers.codiceFiscale(dice), [3, 3, 5, 5], ' '),
    ],
  },
  {
    kind: 'passport',
    labels: ['passport number', 'Passport No', 'passport'],
    isPlain: false,
    make: [
      (dice) => dice.digits(9),
      (dice) => `${dice.letters(1, 'ABCDE')}${dice.digits(8)}`,
      (dice) => `${dice.letters(2, 'ABCDEFGH')}${dice.digits(7)}`,
      (dice) =>
        `C${dice.letters(1, 'FGHJKLMNPRTVWXYZ')}${dice.letters(7, 'CFGHJKLMNPRTVWXYZ0123456789').replace(/.$/, '7')}`,
    ],
  },
  {
    kind: 'driving licence',
    labels: ['driving licence number', "driver's license", 'driver license number'],
    isPlain: false,
    make: [
      (dice) =>
        `${dice.letters(5, 'ABCDEFGHKLMN')}${1 + dice.roll(9)}${String(1 + dice.roll(12)).padStart(2, '0')}${dice.digits(3)}A99${dice.letters(2, 'ABCDXYZ')}`,
      (dice) => `${dice.letters(1, 'ABCDEFGH')}${dice.digits(7)}`,
      (dice) => `${dice.letters(1, 'FSW')}${dice.digits(3)}-${dice.digits(4)}-${dice.digits(4)}`,
    ],
  },
]
