/** Deleting much at once, in German, French and Spanish; accents are folded away before a phrase is looked for. */

import { type Action, end, gap, oneOf, upTo } from './phrasing.js'

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
    'Alle Kundendaten werden gelöscht.',
    'Die Tabelle Kunden wird jetzt gelöscht.',
    'Alle Dateien auf dem Server löschen',
  ],
  misses: [
    'Alle Benutzer wurden informiert',
    'Die Tabelle wird jetzt sortiert',
    'die gesamte Datenbank ansehen',
    'Lösche die Zeile',
  ],
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
    'tabelle',
  ],
  phrases: [
    `${everyGerman}${gap}${upTo(2)}${storesGerman}${gap}${upTo(4)}${deleteGerman}${end}`,
    `${everyGerman}${gap}${upTo(2)}${storesGerman}${gap}${upTo(2)}(?:wird|werden)${gap}${upTo(3)}gel(?:o|oe)scht${end}`,
    `(?:tabellen?|datenbank(?:en)?)${gap}${upTo(2)}(?:wird|werden)${gap}${upTo(3)}gel(?:o|oe)scht${end}`,
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
    'Effacez toutes les données.',
  ],
  misses: ['supprimer cette ligne', 'la base de données est vide', 'effacer le tableau'],
  starts: ['supprim', 'effac', 'detrui', 'vide'],
  phrases: [
    oneOf('supprim', 'effac', 'detrui', 'vid') +
      `[a-z]{1,4}${gap}(?:toute?s?${gap}|tous${gap}|l'ensemble${gap}|la totalite${gap}|l'integralite${gap}){0,1}${upTo(2)}` +
      oneOf(`bases?${gap}de${gap}donnees`, 'sauvegardes', 'serveurs', 'utilisateurs', 'comptes', 'tables?') +
      end,
    `(?:supprim|effac|detrui|vid)[a-z]{1,4}${gap}(?:toute?s?|tous|l'ensemble${gap}des|la${gap}totalite${gap}des|l'integralite${gap}des)${gap}${upTo(1)}(?:donnees|fichiers)${end}`,
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

export const foreignDeletions: readonly Action[] = [germanDeletion, frenchDeletion, spanishDeletion]
