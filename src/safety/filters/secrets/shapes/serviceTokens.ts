/** Tokens of services for messages, payments, language models, documents and watching over systems. */

import { alnum, anyHex, base64, dashed, digits, hex, run, type TokenShape, tokenShape, word } from '../tokenShape.js'

/** https://docs.slack.dev/authentication/tokens */
const slack: readonly TokenShape[] = [
  tokenShape('slack-bot', 'a Slack bot’s token', { anchors: ['xoxb-'], after: [run(`${alnum}-`, 16)] }),
  tokenShape('slack-user', 'a Slack user’s token', { anchors: ['xoxp-'], after: [run(`${alnum}-`, 16)] }),
  tokenShape('slack-other', 'a Slack workspace, session or refresh token', {
    anchors: ['xoxa-', 'xoxr-', 'xoxo-', 'xoxs-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxe.xoxp-', 'xoxe.xoxb-'],
    after: [run(`${alnum}%-`, 12)],
  }),
  tokenShape('slack-app', 'a Slack app’s token', { anchors: ['xapp-'], after: [run(`${alnum}-`, 16)] }),
  tokenShape('slack-webhook', 'a Slack webhook’s address', {
    anchors: ['hooks.slack.com/services/', 'hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'],
    after: [run(`${alnum}/`, 20)],
  }),
]

const messages: readonly TokenShape[] = [
  // https://discord.com/developers/docs/resources/webhook
  tokenShape('discord-webhook', 'a Discord webhook’s address', {
    anchors: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    after: [run(digits, 17, 20), '/', run(dashed, 60)],
  }),
  // https://discord.com/developers/docs/reference#authentication: the bot's id in base64, a time, a signature.
  tokenShape('discord-bot', 'a Discord bot’s token', {
    anchors: ['MT', 'MD', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'],
    after: [run(dashed, 21, 26), '.', run(dashed, 6), '.', run(dashed, 27, 40)],
    isLoose: true,
  }),
  tokenShape('teams-webhook', 'a Microsoft Teams webhook’s address', {
    anchors: ['.webhook.office.com/webhookb2/'],
    after: [run(`${anyHex}@-`, 73), '/IncomingWebhook/', run(`${alnum}/-`, 32)],
  }),
  // https://www.twilio.com/docs/iam/api-keys
  tokenShape('twilio', 'a Twilio API key', { anchors: ['SK'], after: [run(anyHex, 32)], isLoose: true }),
  // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys: 69 characters in all.
  tokenShape('sendgrid', 'a SendGrid API key', {
    anchors: ['SG.'],
    after: [run(dashed, 16, 32), '.', run(dashed, 32)],
  }),
  tokenShape('mailgun', 'a Mailgun API key', { anchors: ['key-'], after: [run(hex, 32)], isLoose: true }),
  // https://mailchimp.com/developer/marketing/guides/quick-start/: a data centre at its end.
  tokenShape('mailchimp', 'a Mailchimp API key', {
    before: run(hex, 32),
    anchors: ['-us'],
    after: [run(digits, 1, 2)],
  }),
  tokenShape('brevo', 'a Brevo (Sendinblue) API key', {
    anchors: ['xkeysib-', 'xsmtpsib-'],
    after: [run(hex, 64), '-', run(alnum, 16)],
  }),
  tokenShape('mailersend', 'a MailerSend API token', { anchors: ['mlsn.'], after: [run(hex, 64)] }),
  tokenShape('resend', 'a Resend API key', {
    anchors: ['re_'],
    after: [run(alnum, 8), '_', run(alnum, 24)],
    isLoose: true,
  }),
]

const payments: readonly TokenShape[] = [
  // https://docs.stripe.com/keys
  tokenShape('stripe-live', 'a live Stripe key', {
    anchors: ['sk_live_', 'rk_live_', 'sk_prod_', 'rk_prod_'],
    after: [run(alnum, 16)],
  }),
  tokenShape('stripe-test', 'a Stripe key of a test account', {
    anchors: ['sk_test_', 'rk_test_'],
    after: [run(alnum, 16)],
    severity: 'normal',
  }),
  tokenShape('stripe-webhook', 'a Stripe webhook’s signing secret', {
    anchors: ['whsec_'],
    after: [run(`${base64}=`, 24)],
  }),
  // https://developer.squareup.com/docs/build-basics/access-tokens
  tokenShape('square', 'a Square access token or secret', {
    anchors: ['sq0atp-', 'sq0csp-'],
    after: [run(dashed, 22)],
  }),
  tokenShape('square-access', 'a Square access token', { anchors: ['EAAA'], after: [run(dashed, 60)], isLoose: true }),
  tokenShape('paypal-braintree', 'a Braintree access token', {
    anchors: ['access_token$production$', 'access_token$sandbox$'],
    after: [run('a-z0-9', 16), '$', run(hex, 32)],
  }),
  tokenShape('plaid', 'a Plaid access token', {
    anchors: ['access-production-', 'access-development-', 'access-sandbox-'],
    after: [run(hex, 8), '-', run(`${hex}-`, 27)],
  }),
  tokenShape('razorpay', 'a Razorpay key id', { anchors: ['rzp_live_', 'rzp_test_'], after: [run(alnum, 14)] }),
  tokenShape('flutterwave', 'a Flutterwave secret key', {
    anchors: ['FLWSECK-', 'FLWSECK_TEST-'],
    after: [run(alnum, 12)],
  }),
  // https://shopify.dev/docs/apps/build/authentication-authorization
  tokenShape('shopify', 'a Shopify token or secret', {
    anchors: ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_'],
    after: [run(alnum, 32)],
  }),
  tokenShape('shippo', 'a Shippo token', { anchors: ['shippo_live_', 'shippo_test_'], after: [run(anyHex, 40)] }),
  tokenShape('easypost', 'an EasyPost API key', { anchors: ['EZAK', 'EZTK'], after: [run(alnum, 54)], isLoose: true }),
  tokenShape('duffel', 'a Duffel token', { anchors: ['duffel_live_', 'duffel_test_'], after: [run(`${dashed}=`, 43)] }),
]

const models: readonly TokenShape[] = [
  // https://platform.openai.com/docs/api-reference/authentication
  tokenShape('openai', 'an OpenAI API key', {
    anchors: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'],
    after: [run(dashed, 40)],
  }),
  tokenShape('sk-key', 'an API key of OpenAI, DeepSeek or the like', {
    anchors: ['sk-'],
    after: [run(alnum, 32, 64)],
    isLoose: true,
  }),
  // https://docs.claude.com/en/api/overview
  tokenShape('anthropic', 'an Anthropic API key', {
    anchors: ['sk-ant-api', 'sk-ant-admin', 'sk-ant-oat', 'sk-ant-sid'],
    after: [run(digits, 2), '-', run(dashed, 80)],
  }),
  tokenShape('openrouter', 'an OpenRouter API key', { anchors: ['sk-or-v1-'], after: [run(hex, 64)] }),
  // https://huggingface.co/docs/hub/security-tokens
  tokenShape('hugging-face', 'a Hugging Face token', { anchors: ['hf_', 'api_org_'], after: [run(alnum, 34)] }),
  tokenShape('groq', 'a Groq API key', { anchors: ['gsk_'], after: [run(alnum, 52)] }),
  tokenShape('xai', 'an xAI API key', { anchors: ['xai-'], after: [run(alnum, 70)] }),
  tokenShape('perplexity', 'a Perplexity API key', { anchors: ['pplx-'], after: [run(alnum, 40)] }),
  tokenShape('replicate', 'a Replicate API token', { anchors: ['r8_'], after: [run(alnum, 37)] }),
  tokenShape('nvidia', 'an NVIDIA API key', { anchors: ['nvapi-'], after: [run(dashed, 60)] }),
  tokenShape('langsmith', 'a LangSmith API key', {
    anchors: ['lsv2_pt_', 'lsv2_sk_'],
    after: [run(hex, 32), '_', run(hex, 10)],
  }),
  tokenShape('pinecone', 'a Pinecone API key', { anchors: ['pcsk_'], after: [run(word, 60)] }),
  tokenShape('cerebras', 'a Cerebras API key', { anchors: ['csk-'], after: [run(alnum, 40)] }),
  tokenShape('elevenlabs', 'an ElevenLabs API key', { anchors: ['sk_'], after: [run(hex, 48)], isLoose: true }),
]

const documents: readonly TokenShape[] = [
  // https://developers.notion.com/reference/authentication
  tokenShape('notion', 'a Notion integration token', { anchors: ['ntn_'], after: [run(digits, 11), run(alnum, 35)] }),
  tokenShape('notion-old', 'a Notion integration token of the old kind', {
    anchors: ['secret_'],
    after: [run(alnum, 43)],
    isLoose: true,
  }),
  // https://linear.app/developers
  tokenShape('linear', 'a Linear API key', { anchors: ['lin_api_', 'lin_oauth_', 'lin_wh_'], after: [run(word, 32)] }),
  // https://www.figma.com/developers/api#access-tokens
  tokenShape('figma', 'a Figma access token', { anchors: ['figd_', 'figu_', 'figo_'], after: [run(dashed, 40)] }),
  // https://airtable.com/developers/web/guides/personal-access-tokens
  tokenShape('airtable', 'an Airtable access token', {
    anchors: ['pat'],
    after: [run(alnum, 14), '.', run(hex, 64)],
    isLoose: true,
  }),
  tokenShape('dropbox', 'a Dropbox access token', { anchors: ['sl.'], after: [run(dashed, 130, 1_500)] }),
  tokenShape('contentful', 'a Contentful management token', { anchors: ['CFPAT-'], after: [run(dashed, 43)] }),
  tokenShape('typeform', 'a Typeform token', { anchors: ['tfp_'], after: [run(`${dashed}.`, 40)] }),
  tokenShape('hubspot', 'a HubSpot private app’s token', {
    anchors: ['pat-na1-', 'pat-na2-', 'pat-eu1-', 'pat-ap1-'],
    after: [run(hex, 8), '-', run(`${hex}-`, 27)],
  }),
  tokenShape('readme', 'a ReadMe API key', { anchors: ['rdme_'], after: [run('a-z0-9', 70)] }),
  tokenShape('mapbox', 'a secret Mapbox token', {
    anchors: ['sk.eyJ'],
    after: [run(dashed, 40, 256), '.', run(dashed, 20)],
  }),
  // https://io.adafruit.com/api/docs/#authentication
  tokenShape('adafruit', 'an Adafruit IO key', { anchors: ['aio_'], after: [run(alnum, 28)], isLoose: true }),
  // https://developer.adobe.com/developer-console/docs/guides/credentials
  tokenShape('adobe', 'an Adobe client secret', { anchors: ['p8e-'], after: [run(dashed, 32)], isLoose: true }),
  // https://developers.asana.com/docs/personal-access-token
  tokenShape('asana', 'an Asana access token', {
    anchors: ['0/', '1/'],
    after: [run(digits, 13, 20), ':', run(hex, 32)],
    isLoose: true,
  }),
  tokenShape('asana-2', 'an Asana access token of the second kind', {
    anchors: ['2/'],
    after: [run(digits, 13, 20), '/', run(digits, 13, 20), ':', run(hex, 32)],
    isLoose: true,
  }),
  tokenShape('frame-io', 'a Frame.io token', { anchors: ['fio-u-'], after: [run(dashed, 64)] }),
]

const watching: readonly TokenShape[] = [
  // https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
  tokenShape('new-relic', 'a New Relic key', {
    anchors: ['NRAK-', 'NRII-', 'NRIQ-', 'NRRA-', 'NRSP-', 'NRJS-'],
    after: [run(dashed, 19)],
  }),
  tokenShape('new-relic-licence', 'a New Relic licence key', {
    before: run(hex, 32, 36),
    anchors: ['FFFFNRAL', 'NRAL'],
    after: [],
  }),
  // https://docs.sentry.io/account/auth-tokens/
  tokenShape('sentry', 'a Sentry token', {
    anchors: ['sntryu_', 'sntrys_', 'sntrya_', 'sntryi_'],
    after: [run(`${base64}_=`, 64)],
  }),
  // https://grafana.com/docs/grafana/latest/administration/service-accounts/
  tokenShape('grafana-service', 'a Grafana service account’s token', {
    anchors: ['glsa_'],
    after: [run(alnum, 32), '_', run(anyHex, 8)],
  }),
  tokenShape('grafana-cloud', 'a Grafana Cloud token', { anchors: ['glc_'], after: [run(`${base64}=`, 32)] }),
  tokenShape('grafana-old', 'a Grafana API key of the old kind', {
    anchors: ['eyJrIjoi'],
    after: [run(`${base64}=`, 60)],
  }),
  // https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients
  tokenShape('dynatrace', 'a Dynatrace token', {
    anchors: ['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s16.'],
    after: [run(alnum, 8, 24), '.', run(alnum, 64)],
  }),
  tokenShape('honeycomb', 'a Honeycomb key', { anchors: ['hcaik_', 'hcamk_'], after: [run(alnum, 58)] }),
  tokenShape('launchdarkly', 'a LaunchDarkly key', {
    anchors: ['sdk-', 'api-'],
    after: [run(hex, 8), '-', run(hex, 4), '-4', run(hex, 3), '-', run(hex, 4), '-', run(hex, 12)],
    isLoose: true,
  }),
  tokenShape('maxmind', 'a MaxMind licence key', { before: run(word, 36), anchors: ['_mmk'], after: [] }),
  tokenShape('settlemint', 'a SettleMint token', {
    anchors: ['sm_aat_', 'sm_pat_', 'sm_sat_'],
    after: [run(alnum, 16)],
  }),
]

export const serviceTokens: readonly TokenShape[] = [
  ...slack,
  ...messages,
  ...payments,
  ...models,
  ...documents,
  ...watching,
]
