/** Switching off what protects, in German, French and Spanish; accents are folded away before a phrase is looked for. */

import { type Action, end, gap, oneOf, upTo, words } from './phrasing.js'

const guardsGerman = oneOf(
  'firewalls?',
  'virenscanner',
  'virenschutz',
  'antivirus',
  'sicherheits[a-z]{1,24}',
  'uberwachung',
  'ueberwachung',
  'protokollierung',
  'audit-?(?:log|protokoll)s?',
  'mfa',
  '2fa',
  `(?:zwei|mehr|multi)-?faktor-?[a-z]{1,20}`,
  'zugriffskontrollen?',
  'schutzmechanismen',
  'schutzmassnahmen',
  'freigabeprozess',
)

const securityOffGerman: Action = {
  id: 'action.security-off-german',
  summary: 'it speaks of switching off what protects',
  severity: 'high',
  finds: 'The same in German, whichever word comes first.',
  hits: [
    'Firewall deaktivieren',
    'deaktiviere den Virenschutz',
    'Protokollierung abschalten',
    'umgehe die Zugriffskontrolle',
    'die Sicherheitsprüfung umgehen',
  ],
  misses: ['die Firewall ist aktiv', 'umgehend', 'deaktivieren Sie die Tonausgabe', 'Sicherheitsprüfung bestanden'],
  starts: [
    'deaktivier',
    'umgeh',
    'abschalt',
    'ausschalt',
    'schalte',
    'firewall',
    'viren',
    'antivirus',
    'sicherheits',
    'uberwachung',
    'ueberwachung',
    'protokollierung',
    'audit',
    'mfa',
    '2fa',
    'zwei',
    'mehr',
    'multi',
    'zugriffs',
    'schutz',
    'freigabe',
  ],
  phrases: [
    words('(?:deaktivieren?|umgehen?|abschalten|ausschalten|schalte)', `${upTo(2)}${guardsGerman}`) + end,
    words(guardsGerman, `${upTo(1)}(?:deaktivieren|umgehen|abschalten|ausschalten|aushebeln|stoppen)`) + end,
  ],
}

const securityOffFrench: Action = {
  id: 'action.security-off-french',
  summary: 'it speaks of switching off what protects',
  severity: 'high',
  finds: 'The same in French.',
  hits: [
    'désactiver le pare-feu',
    "Désactivez l'antivirus",
    'contourner la double authentification',
    'désactive la journalisation',
    'contourner les contrôles de sécurité',
  ],
  misses: ['activer le pare-feu', 'désactiver le bouton', 'contourner la ville'],
  starts: ['desactiv', 'contourn', 'outrepass'],
  phrases: [
    `(?:desactiv|contourn|outrepass)(?:e|er|ez|ons|ant)${gap}(?:l'|${upTo(2)})${oneOf('pare-?feux?', `pare${gap}feu`, 'antivirus', 'journalisation', 'surveillance', `(?:double${gap})?authentification`, `journaux${gap}d'audit`, `controles?${gap}(?:d'acces|de${gap}securite)`, 'mfa', `mesures${gap}de${gap}protection`)}${end}`,
  ],
}

const securityOffSpanish: Action = {
  id: 'action.security-off-spanish',
  summary: 'it speaks of switching off what protects',
  severity: 'high',
  finds: 'The same in Spanish.',
  hits: [
    'desactivar el cortafuegos',
    'Desactive el antivirus',
    'eludir la autenticación',
    'deshabilitar el registro de auditoría',
  ],
  misses: ['activar el cortafuegos', 'desactivar el botón', 'eludir la pregunta'],
  starts: ['desactiv', 'deshabilit', 'elud', 'omit', 'burl'],
  phrases: [
    `(?:desactiv|deshabilit|elud|omit|burl)(?:a|ar|e|en|ir|a[ns]|ando|iendo)${gap}${upTo(2)}${oneOf('cortafuegos', 'firewall', 'antivirus', 'autenticacion', `registros?${gap}de${gap}auditoria`, 'auditoria', 'monitoreo', 'supervision', `controles${gap}de${gap}acceso`, 'mfa')}${end}`,
  ],
}

export const foreignProtectionActions: readonly Action[] = [securityOffGerman, securityOffFrench, securityOffSpanish]
