/** Deleting much at once, in words and in the languages of databases. What was deleted is told, not asked: it passes. */

import { type Action, argumentsUpTo, end, gap, join, oneOf, space, upTo, words } from './phrasing.js'

const verbs = oneOf(
  'delet(?:e|es|ing)',
  'eras(?:e|es|ing)',
  'wip(?:e|es|ing)(?: out)?',
  'purg(?:e|es|ing)',
  'destroy(?:s|ing)?',
  'obliterat(?:e|es|ing)',
  'nuk(?:e|es|ing)',
  'truncat(?:e|es|ing)',
  'drop(?:s|ping)?',
  'overwrit(?:e|es|ing)',
  'terminat(?:e|es|ing)',
  'remov(?:e|es|ing)',
)
const starts = [
  ...['delet', 'eras', 'wip', 'purg', 'destroy', 'obliterat', 'nuk', 'truncat', 'drop'],
  ...['overwrit', 'terminat', 'remov'],
]

const every = oneOf('all', 'every(?: single)?', 'each', 'the entire', 'entire', 'the whole', 'whole', 'the complete')
const people = oneOf('users?', 'user accounts?', 'accounts?', 'customers?', 'clients', 'employees?', 'patients?')
const stores = oneOf(
  'records?',
  'rows',
  'tables?',
  'databases?',
  'db',
  'data',
  'datasets?',
  'backups?',
  'snapshots?',
  'volumes?',
  'disks?',
  'drives?',
  'filesystems?',
  'file systems?',
  'servers?',
  'clusters?',
  'instances?',
  'namespaces?',
  'buckets?',
  'production',
  'infrastructure',
  'environments?',
  'mailbox(?:es)?',
  'inbox',
  'emails',
  'repositor(?:y|ies)',
  'audit logs?',
  'home director(?:y|ies)',
  'system',
)
const keptApart = oneOf('production', 'prod', 'live', 'primary', 'master', 'customer', 'user', 'client', 'company')
const owned = oneOf('the', 'our', 'your', 'their', 'its', 'this')

const massDeletion: Action = {
  id: 'action.mass-deletion',
  summary: 'it speaks of deleting all of something',
  severity: 'high',
  finds:
    'Deleting, wiping, dropping or destroying all or every one of a kind of people, records, stores or machines, or a whole production store. What has been deleted, and what is one of many, passes.',
  hits: [
    'wipe all servers',
    'Please erase every customer record.',
    'purge the entire production database',
    'destroy all backups',
    'drop_all_tables',
    'deleteEveryUser',
    'delete the production database',
    'Wiping the company servers now',
    'erase everything',
    'wipe the hard drive',
  ],
  misses: [
    'All users were deleted last year.',
    'destroy all copies of the Software',
    'delete the line',
    'remove every other comma',
    'drop all of it into the box',
    'purge the cache',
    'wipe the table with a cloth',
  ],
  starts,
  phrases: [
    `${verbs}${join}${every}${join}${upTo(2)}${oneOf(people, stores)}${end}`,
    oneOf('eras(?:e|ing)', 'wip(?:e|ing)', 'destroy(?:ing)?', 'delet(?:e|ing)', 'nuk(?:e|ing)') +
      `${join}everything${end}`,
    words(verbs, `(?:${owned}${gap})?${keptApart}`, oneOf(people, stores)) + end,
    words(
      oneOf('delet(?:e|ing)', 'drop(?:ping)?', 'destroy(?:ing)?', 'eras(?:e|ing)', 'wip(?:e|ing)', 'purg(?:e|ing)'),
      owned,
      oneOf('databases?', 'backups?', 'audit (?:logs?|trail)', 'servers?', 'clusters?', 'hard (?:disk|drive)s?'),
    ) + end,
  ],
}

const tableDrop: Action = {
  id: 'action.drop-table',
  summary: 'it drops or empties tables of a database',
  severity: 'high',
  finds:
    'Statements that drop a table, database, schema or the like, empty one, or delete its rows without a condition; the calls that do the same in MongoDB and Redis.',
  hits: [
    'DROP TABLE users;',
    'drop table if exists orders cascade',
    "x'; DROP TABLE students; --",
    'DROP DATABASE shop',
    'drop_database("shop")',
    'TRUNCATE TABLE payments',
    'DELETE FROM customers;',
    'delete from "public"."users" where 1=1',
    'db.dropDatabase()',
    'db.users.deleteMany({})',
    'redis-cli -h cache FLUSHALL',
    'await redis.flushdb()',
  ],
  misses: [
    'a drop-leaf table',
    'drop the table off at the store',
    'DELETE FROM carts WHERE id = 7',
    'you can delete from the cart.',
    'truncate the text',
    'flush all pipes',
    'after `FLUSHALL`, another server',
  ],
  starts: ['drop', 'truncat', 'delete', 'flushall', 'flushdb', 'redis-cli '],
  phrases: [
    `drop(?:table|database|schema|keyspace)`,
    `drop${gap}(?:table|database|schema|keyspace|tablespace|collection)s?${end}`,
    `truncate${join}table${end}`,
    `delete${gap}from${gap}[a-z0-9_."\`\\[\\]]{1,64}\\s{0,8}(?:;|$|--|where\\s{1,8}(?:1\\s{0,8}=\\s{0,8}1|true)${end})`,
    'deletemany\\s{0,8}\\(\\s{0,8}\\{\\s{0,8}\\}',
    'flush(?:all|db)\\s{0,8}(?:\\(|;|$|a?sync)',
    `redis-cli${space}${argumentsUpTo(6)}flush(?:all|db)${end}`,
  ],
}

const everyGerman = oneOf(
  'alle',
  'samtliche[nrs]?',
  'saemtliche[nrs]?',
  'gesamte[nrs]?',
  'komplette[nrs]?',
  'ganze[nrs]?',
)
const storesGerman = oneOf(
  'benutzer(?:n|konten)?',
  'nutzer(?:n|konten)?',
  'konten',
  'kunden(?:daten|konten)?',
  'datensatze',
  'datensaetze',
  'datenbank(?:en)?',
  'tabellen?',
  'daten',
  'backups?',
  'sicherungen',
  'dateien',
  'festplatten?',
  'server',
)
const deleteGerman = oneOf('losch(?:e|en)', 'loesch(?:e|en)', 'entfernen?', 'vernichten?', 'leeren?')

const germanDeletion: Action = {
  id: 'action.mass-deletion-german',
  summary: 'it speaks of deleting all of something',
  severity: 'high',
  finds: 'The same in German, whichever word comes first.',
  hits: [
    'Lösche sämtliche Kundendaten',
    'die gesamte Datenbank löschen',
    'Alle Benutzer entfernen',
    'Datenbank loeschen',
  ],
  misses: ['Alle Benutzer wurden informiert', 'die gesamte Datenbank ansehen', 'Lösche die Zeile'],
  starts: [
    'alle',
    'samtlich',
    'saemtlich',
    'gesamt',
    'komplett',
    'ganze',
    'losch',
    'loesch',
    'entfern',
    'vernicht',
    'leere',
    'datenbank',
  ],
  phrases: [
    `${everyGerman}${gap}${upTo(2)}${storesGerman}${gap}${upTo(2)}${deleteGerman}${end}`,
    `${deleteGerman}${gap}${upTo(1)}${everyGerman}${gap}${upTo(2)}${storesGerman}${end}`,
    `${deleteGerman}${gap}${upTo(1)}datenbank(?:en)?${end}`,
    `datenbank(?:en)?${gap}${deleteGerman}${end}`,
  ],
}

const frenchDeletion: Action = {
  id: 'action.mass-deletion-french',
  summary: 'it speaks of deleting all of something',
  severity: 'high',
  finds: 'The same in French.',
  hits: [
    'supprimer la base de données',
    'Effacez toutes les sauvegardes',
    "détruire l'ensemble des serveurs",
    'vider la table',
  ],
  misses: ['supprimer cette ligne', 'la base de données est vide', 'effacer le tableau'],
  starts: ['supprim', 'effac', 'detrui', 'vide'],
  phrases: [
    oneOf('supprim', 'effac', 'detrui', 'vid') +
      `[a-z]{1,4}${gap}(?:toute?s?${gap}|tous${gap}|l'ensemble${gap}|la totalite${gap}|l'integralite${gap}){0,1}${upTo(2)}` +
      oneOf(`bases?${gap}de${gap}donnees`, 'sauvegardes', 'serveurs', 'utilisateurs', 'comptes', 'tables?') +
      end,
  ],
}

const spanishDeletion: Action = {
  id: 'action.mass-deletion-spanish',
  summary: 'it speaks of deleting all of something',
  severity: 'high',
  finds: 'The same in Spanish.',
  hits: ['eliminar la base de datos', 'Borra todas las copias de seguridad', 'destruir todos los servidores'],
  misses: ['eliminar esta fila', 'la base de datos está vacía'],
  starts: ['elimin', 'borr', 'destru', 'vacia'],
  phrases: [
    oneOf('elimin', 'borr', 'destru', 'vaci') +
      `[a-z]{1,4}${gap}${upTo(3)}` +
      oneOf(
        `bases?${gap}de${gap}datos`,
        `copias${gap}de${gap}seguridad`,
        'servidores',
        'usuarios',
        'cuentas',
        'tablas',
      ) +
      end,
  ],
}

export const deletions: readonly Action[] = [massDeletion, tableDrop, germanDeletion, frenchDeletion, spanishDeletion]
