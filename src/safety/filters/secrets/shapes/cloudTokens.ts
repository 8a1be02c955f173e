/** Keys and tokens of clouds, hosters and databases. */

import { alnum, anyHex, base64, dashed, hex, run, type TokenShape, tokenShape, word } from '../tokenShape.js'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: of these prefixes, those of keys. */
const aws: readonly TokenShape[] = [
  tokenShape('aws-access-key', 'an AWS access key id', {
    anchors: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    after: [run('A-Z0-9', 16)],
    isLoose: true,
  }),
  tokenShape('aws-legacy-key', 'an AWS access key id of the old kind', {
    anchors: ['A3T'],
    after: [run('A-Z0-9', 17)],
    isLoose: true,
  }),
  tokenShape('aws-bedrock', 'an Amazon Bedrock API key', {
    anchors: ['ABSKQmVkcm9ja0FQSUtleS', 'bedrock-api-key-'],
    after: [run(`${base64}=`, 60)],
  }),
]

const google: readonly TokenShape[] = [
  // https://cloud.google.com/docs/authentication/api-keys
  tokenShape('google-api', 'a Google API key', { anchors: ['AIza'], after: [run(dashed, 35)] }),
  // https://developers.google.com/identity/protocols/oauth2
  tokenShape('google-oauth-token', 'a Google OAuth access token', { anchors: ['ya29.'], after: [run(dashed, 20)] }),
  tokenShape('google-oauth-secret', 'a Google OAuth client secret', { anchors: ['GOCSPX-'], after: [run(dashed, 28)] }),
  tokenShape('google-refresh', 'a Google OAuth refresh token', { anchors: ['1//0'], after: [run(dashed, 40)] }),
  tokenShape('firebase-messaging', 'a Firebase server key', {
    anchors: ['AAAA'],
    after: [run(dashed, 7), ':APA91b', run(dashed, 134)],
  }),
]

/** https://learn.microsoft.com/purview/sit-defn-all-creds and the pages of its kinds. */
const azure: readonly TokenShape[] = [
  tokenShape('azure-client-secret', 'a Microsoft Entra client secret', {
    before: run(`${dashed}.~`, 4),
    anchors: ['Q~'],
    after: [run(`${dashed}.~`, 31, 34)],
    isLoose: true,
  }),
  tokenShape('azure-storage', 'an Azure storage account’s key', {
    anchors: ['AccountKey=', 'accountkey=', 'accountKey='],
    after: [run(base64, 86), '=='],
    misses: ['AccountKey=<your account key>'],
  }),
  tokenShape('azure-shared-access', 'an Azure shared access key', {
    anchors: ['SharedAccessKey=', 'sharedaccesskey='],
    after: [run(base64, 43), '='],
    misses: ['SharedAccessKey=<your key>'],
  }),
  // https://learn.microsoft.com/rest/api/storageservices/create-service-sas: an HMAC-SHA256, in base64, in a URL.
  tokenShape('azure-sas', 'the signature of an Azure shared access URL', {
    anchors: ['&sig=', '?sig='],
    after: [run(`${base64}%`, 40)],
  }),
  tokenShape('azure-annotated', 'an Azure service’s key', {
    before: run(alnum, 52),
    anchors: ['JQQJ99', 'AZDO'],
    after: [run(alnum, 4)],
  }),
  tokenShape('azure-functions', 'an Azure Functions key', {
    before: run(`${dashed}`, 44),
    anchors: ['AzFu'],
    after: [run(`${dashed}=`, 6)],
  }),
]

const clouds: readonly TokenShape[] = [
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  tokenShape('digitalocean', 'a DigitalOcean token', {
    anchors: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    after: [run(hex, 64)],
  }),
  tokenShape('digitalocean-spaces', 'a DigitalOcean Spaces key', {
    anchors: ['DO00', 'DO801'],
    after: [run('A-Z0-9', 15, 16)],
    isLoose: true,
  }),
  // https://devcenter.heroku.com/changelog-items/2842
  tokenShape('heroku', 'a Heroku API key', { anchors: ['HRKU-'], after: [run(dashed, 36)] }),
  tokenShape('alibaba', 'an Alibaba Cloud access key id', {
    anchors: ['LTAI'],
    after: [run(alnum, 12, 20)],
    isLoose: true,
  }),
  tokenShape('tencent', 'a Tencent Cloud secret id', { anchors: ['AKID'], after: [run(alnum, 32)], isLoose: true }),
  // https://yandex.cloud/docs/iam/concepts/authorization/iam-token
  tokenShape('yandex-iam', 'a Yandex Cloud IAM token', {
    anchors: ['t1.'],
    after: [run(`${dashed}=`, 7, 256), '.', run(dashed, 86)],
    isLoose: true,
  }),
  tokenShape('yandex-api', 'a Yandex Cloud API key', { anchors: ['AQVN'], after: [run(dashed, 35)] }),
  tokenShape('cloudflare-origin', 'a Cloudflare origin CA key', {
    anchors: ['v1.0-'],
    after: [run(hex, 24), '-', run(hex, 146)],
  }),
  tokenShape('fly-io', 'a Fly.io access token', {
    anchors: ['fo1_', 'fm1r_', 'fm1a_', 'fm2_'],
    after: [run(`${base64}_-`, 43)],
  }),
  tokenShape('vercel', 'a Vercel token', {
    anchors: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
    after: [run(alnum, 20)],
  }),
  tokenShape('netlify', 'a Netlify access token', { anchors: ['nfp_', 'nfc_', 'nfo_'], after: [run(alnum, 36)] }),
  tokenShape('render', 'a Render API key', { anchors: ['rnd_'], after: [run(alnum, 28)] }),
  tokenShape('scalingo', 'a Scalingo API token', { anchors: ['tk-us-'], after: [run(dashed, 48)] }),
  tokenShape('facebook', 'a Facebook access token', { anchors: ['EAAM', 'EAAC'], after: [run(alnum, 100)] }),
  tokenShape('twitter-bearer', 'a bearer token of X (Twitter)', {
    anchors: ['AAAAAAAAAAAAAAAAAAAAA'],
    after: [run(`${alnum}%`, 60)],
  }),
]

const databases: readonly TokenShape[] = [
  // https://docs.databricks.com/dev-tools/auth/pat
  tokenShape('databricks', 'a Databricks access token', { anchors: ['dapi', 'dose'], after: [run(anyHex, 32)] }),
  // https://supabase.com/docs/guides/api/api-keys
  tokenShape('supabase', 'a Supabase key', { anchors: ['sbp_', 'sb_secret_'], after: [run(dashed, 30)] }),
  // https://planetscale.com/docs/concepts/service-tokens
  tokenShape('planetscale', 'a PlanetScale token or password', {
    anchors: ['pscale_tkn_', 'pscale_oauth_', 'pscale_pw_', 'pscale_api_'],
    after: [run(`${dashed}=.`, 32)],
  }),
  tokenShape('mongodb-atlas', 'a MongoDB Atlas service account’s secret', {
    anchors: ['mdb_sa_sk_'],
    after: [run(dashed, 40)],
  }),
  tokenShape('clickhouse', 'a ClickHouse Cloud API key', { anchors: ['4b1d'], after: [run(alnum, 38)], isLoose: true }),
  tokenShape('aiven', 'an Aiven password', { anchors: ['AVNS_'], after: [run(dashed, 16)] }),
  tokenShape('neon', 'a Neon API key', { anchors: ['napi_'], after: [run(alnum, 48)] }),
  tokenShape('turbot-pipes', 'a Turbot Pipes token', { anchors: ['tpt_'], after: [run(word, 40)] }),
]

export const cloudTokens: readonly TokenShape[] = [...aws, ...google, ...azure, ...clouds, ...databases]
