/** What the seed list means in German. Umlauts fold to their vowels; the writing with an e is a form of its own. */

import type { WordList } from './wordList.js'

export const german: WordList = {
  name: 'german',
  language: 'de',
  phrases: [
    { phrase: 'Passwort', forms: ['Passwoert'], match: 'anywhere', misses: ['Losungswort', 'passendes Wort'] },
    { phrase: 'Kennwort', forms: ['Kennwört', 'Kennwoert'], match: 'anywhere', misses: ['Kennwert', 'Kernwort'] },
    { phrase: 'Zugangsdaten', match: 'anywhere', misses: ['Zugangscode am Tor', 'Abgangsdaten'] },
    {
      phrase: 'geheimer Schlüssel',
      forms: [
        'geheime Schlüssel',
        'geheimen Schlüssel',
        'geheimem Schlüssel',
        'geheimes Schlüssel',
        'geheimer Schluessel',
        'geheime Schluessel',
        'geheimen Schluessel',
        'Geheimschlüssel',
        'Geheimschluessel',
      ],
      match: 'anywhere',
      misses: ['ein geheimer Schüler', 'Schlüsselübergabe'],
    },
    {
      phrase: 'privater Schlüssel',
      forms: ['private Schlüssel', 'privaten Schlüssel', 'privater Schluessel', 'privaten Schluessel'],
      match: 'anywhere',
      misses: ['öffentlicher Schlüssel'],
    },
    {
      phrase: 'alles löschen',
      forms: [
        'alle löschen',
        'lösche alles',
        'lösche alle',
        'alles loeschen',
        'alle loeschen',
        'loesche alles',
        'loesche alle',
      ],
      match: 'anywhere',
      misses: ['löschen Sie den Eintrag', 'alles gelöscht'],
    },
    {
      phrase: 'alle Daten löschen',
      forms: ['sämtliche Daten löschen', 'lösche sämtliche', 'alle Daten loeschen', 'saemtliche Daten loeschen'],
      match: 'anywhere',
      misses: ['alle Daten prüfen'],
    },
    {
      phrase: 'Sicherheit umgehen',
      forms: [
        'Sicherheit aushebeln',
        'Sicherheit abschalten',
        'Sicherheit ausschalten',
        'Sicherheit deaktivieren',
        'Sicherheit außer Kraft setzen',
        'Sicherheitseinstellungen umgehen',
        'Sicherheitseinstellungen überschreiben',
        'Sicherheitseinstellungen außer Kraft setzen',
        'Sicherheitseinstellungen deaktivieren',
        'Sicherheitsmaßnahmen umgehen',
        'Sicherheitsvorkehrungen umgehen',
        'umgehe die Sicherheit',
      ],
      match: 'anywhere',
      misses: ['Sicherheit geht vor', 'umgehend'],
    },
    {
      phrase: 'Sozialversicherungsnummer',
      forms: ['Sozialversicherungs-Nr', 'Sozialversicherungsnr'],
      match: 'anywhere',
      misses: ['Sozialversicherung', 'Versicherungsnummer'],
    },
    {
      phrase: 'personenbezogene Daten',
      forms: ['personenbezogenen Daten', 'personenbezogener Daten'],
      match: 'anywhere',
      severity: 'normal',
      misses: ['personenbezogen', 'bezogene Daten'],
    },
  ],
}
