/**
 * What agents ask of tools: names of functions that can't be taken back, and settings that switch off what protects.
 *
 * A name is told from prose by its joins: `transfer_funds` and `transferFunds` are asked of a tool, while somebody who
 * writes of "transfer funds" has a sentence around it, which the phrases of the other families look at.
 */

import { type Action, oneOf } from './phrasing.js'

const nameJoin = '[_-]?'
/** A name of more parts is another function: `deleteDatabaseIndex`. */
const nameEnd = '(?![a-z0-9_-])'

/** What ends a value: what goes on in words tells of it. */
const valueEnd = '(?=\\s{0,4}(?:[,;}\\]"\'\\n&|]|$))'

const toolCall: Action = {
  id: 'action.tool-call',
  summary: "it names a tool's function that deletes, pays, or gives rights",
  severity: 'high',
  finds:
    'Names of functions, joined as in code, that delete databases, tables, queues and devices, move money, or give roles and the rights of administrators; a deletion of all under a path, and powerful roles as values.',
  hits: [
    'delete_database',
    '{"tool":"purge_queue"}',
    'wipeDevice',
    'transfer_funds',
    'sendMoney',
    'wire_transfer',
    'withdrawAll',
    'bulk_transfer',
    'grant_role',
    'assignRole',
    'add_admin',
    'add_user_to_role',
    'make_superuser',
    'group: Administrators',
    'role: superadmin',
    'DELETE /v1/users/*',
  ],
  misses: [
    'delete_database_index',
    'delete_draft',
    'transfer funds',
    'send payment within 30 days',
    'a wire transfer of 12 euros',
    'grant_badge',
    'set_state',
    'setRole',
    'role: root cause analyst',
    'role: administrator of the estate',
    'group: administration',
    'DELETE /v1/users/7',
  ],
  starts: [
    ...['delete', 'destroy', 'wip', 'purg', 'eras', 'drop', 'remov', 'transfer', 'send', 'wire', 'withdraw', 'mov'],
    ...['refund', 'payout', 'mass', 'bulk', 'grant', 'assign', 'add', 'make', 'set', 'promot', 'role', 'group'],
  ],
  phrases: [
    `(?:delete|destroy|wipe|purge|erase|drop)${nameJoin}(?:all${nameJoin})?(?:databases?|tables?|schemas?|queues?|buckets?|clusters?|devices?|namespaces?|projects?|backups?)${nameEnd}`,
    `(?:transfer|send|wire|withdraw|move)[_-](?:funds|money|payments?|cash)${nameEnd}`,
    `(?:transfer|send|wire|withdraw|move)(?:funds|money|payments?|cash)${nameEnd}`,
    `wire_?transfer${nameEnd}`,
    `(?:mass|bulk)_?(?:transfers?|payouts?|payments?|refunds?)${nameEnd}`,
    `(?:withdraw|transfer|sweep|refund|payout)_?all${nameEnd}`,
    `(?:grant|assign|add)[_-]?(?:user[_-]?)?(?:role|admin|superuser|owner|permissions?|privileges?)s?${nameEnd}`,
    `set_(?:user_)?(?:role|admin|superuser|owner|permissions?|privileges?)s?${nameEnd}`,
    `add_?user_?to_?(?:role|group)s?${nameEnd}`,
    `(?:make|promote)_(?:to_)?(?:admin|superuser|owner|root)${nameEnd}`,
    `make(?:admin|superuser)${nameEnd}`,
    `role["':=\\s]{1,6}(?:super_?-?admin|superuser|sysadmin|cluster-admin)${valueEnd}`,
    `group["':=\\s]{1,6}(?:domain${nameJoin}\\s?)?(?:administrators|admins|sudoers|wheel)${valueEnd}`,
    `delete["']?\\s{1,4}${oneOf('(?:path|url|uri|endpoint)["\':=\\s]{1,6}')}?/[a-z0-9/_.-]{1,80}/\\*`,
  ],
}

const guardSetting: Action = {
  id: 'action.guard-setting',
  summary: 'it has a setting that switches off what protects',
  severity: 'high',
  finds:
    'Settings, as names with values, by which a firewall, a second factor, an audit log, encryption or a virus scanner is off.',
  hits: [
    'firewall: off',
    '{"firewall":"disabled"}',
    'mfa_required=false',
    'audit_log: disabled',
    '{"auditLog":"off"}',
    'selinux=disabled',
  ],
  misses: [
    'firewall: on',
    'the firewall was off',
    'mfa_required=true',
    'audit log of May',
    'firewall disabled in May',
    'encryption: none of the files',
    'firewall: false alarm yesterday',
    'security: off by default in tests',
  ],
  starts: ['firewall', 'mfa', '2fa', 'audit', 'selinux', 'antivirus', 'security'],
  phrases: [
    `(?:firewall|mfa|2fa|two_?factor|audit_?log(?:ging)?|selinux|antivirus|security)_?(?:required|enabled|enforced|status|mode|state)?["']{0,2}\\s{0,4}[:=]\\s{0,4}["']?(?:off|disabled|false|permissive)${valueEnd}`,
    `(?:firewall|mfa|2fa|audit_?log(?:ging)?|selinux|antivirus)(?:_(?:required|enabled|enforced|mode|state))?\\s(?:off|disabled)(?=\\s*(?:\\n\\.\\n|$))`,
  ],
}

export const toolActions: readonly Action[] = [toolCall, guardSetting]
