/** Tokens of code hosts and package registries. */

import { alnum, anyHex, base64, dashed, digits, hex, run, type TokenShape, tokenShape, word } from '../tokenShape.js'

/** https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns */
const github: readonly TokenShape[] = [
  tokenShape('github-pat', 'a GitHub personal access token (classic)', { anchors: ['ghp_'], after: [run(word, 36)] }),
  tokenShape('github-fine-grained-pat', 'a GitHub fine-grained personal access token', {
    anchors: ['github_pat_'],
    after: [run(word, 60)],
  }),
  tokenShape('github-oauth', 'a GitHub OAuth token', { anchors: ['gho_'], after: [run(word, 36)] }),
  tokenShape('github-app', 'a GitHub app’s token', { anchors: ['ghu_', 'ghs_'], after: [run(word, 36)] }),
  tokenShape('github-refresh', 'a GitHub refresh token', { anchors: ['ghr_'], after: [run(word, 36)] }),
]

/** https://docs.gitlab.com/security/tokens/#token-prefixes */
const gitlab: readonly TokenShape[] = [
  tokenShape('gitlab-pat', 'a GitLab personal access token', { anchors: ['glpat-'], after: [run(`${dashed}.`, 20)] }),
  tokenShape('gitlab-deploy', 'a GitLab deploy token', { anchors: ['gldt-'], after: [run(dashed, 20)] }),
  tokenShape('gitlab-runner', 'a GitLab runner’s token', {
    anchors: ['glrt-', 'glrtr-', 'GR1348941'],
    after: [run(`${dashed}.`, 20)],
  }),
  tokenShape('gitlab-trigger', 'a GitLab pipeline trigger token', { anchors: ['glptt-'], after: [run(dashed, 20)] }),
  tokenShape('gitlab-ci-job', 'a GitLab CI job’s token', { anchors: ['glcbt-'], after: [run(dashed, 20)] }),
  tokenShape('gitlab-oauth', 'a GitLab OAuth application’s secret', {
    anchors: ['gloas-'],
    after: [run(dashed, 40)],
  }),
  tokenShape('gitlab-agent', 'a token of the GitLab agent for Kubernetes', {
    anchors: ['glagent-'],
    after: [run(dashed, 40)],
  }),
  tokenShape('gitlab-other', 'a GitLab feed, mail, feature flag or SCIM token', {
    anchors: ['glft-', 'glimt-', 'glffct-', 'glsoat-'],
    after: [run(dashed, 20)],
  }),
]

/** https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/ */
const atlassian: readonly TokenShape[] = [
  tokenShape('atlassian-api', 'an Atlassian API token', {
    anchors: ['ATATT3', 'ATCTT3'],
    after: [run(`${dashed}=`, 100)],
  }),
  tokenShape('bitbucket-app', 'a Bitbucket app password', {
    anchors: ['ATBB'],
    after: [run(alnum, 32)],
    isLoose: true,
  }),
]

const registries: readonly TokenShape[] = [
  // https://docs.npmjs.com/about-access-tokens
  tokenShape('npm', 'an npm access token', { anchors: ['npm_'], after: [run(word, 36)] }),
  // https://pypi.org/help/#apitoken: a macaroon, which begins with the name of its index in base64.
  tokenShape('pypi', 'a PyPI upload token', {
    anchors: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    after: [run(dashed, 50)],
  }),
  // https://docs.docker.com/security/access-tokens/
  tokenShape('docker-hub', 'a Docker Hub access token', {
    anchors: ['dckr_pat_', 'dckr_oat_'],
    after: [run(dashed, 27)],
  }),
  // https://guides.rubygems.org/api-key-scopes/
  tokenShape('rubygems', 'a RubyGems API key', { anchors: ['rubygems_'], after: [run(hex, 48)] }),
  // https://github.com/rust-lang/crates.io: tokens are `cio` and 32 letters and digits.
  tokenShape('crates-io', 'a crates.io API token', { anchors: ['cio'], after: [run(alnum, 32)], isLoose: true }),
  // https://learn.microsoft.com/nuget/nuget-org/publish-a-package
  tokenShape('nuget', 'a NuGet API key', { anchors: ['oy2'], after: [run('a-z0-9', 43)], isLoose: true }),
  tokenShape('clojars', 'a Clojars deploy token', { anchors: ['CLOJARS_'], after: [run(alnum, 60)] }),
  // https://jfrog.com/help/r/jfrog-platform-administration-documentation/user-profile
  tokenShape('jfrog-api', 'a JFrog API key', { anchors: ['AKCp'], after: [run(alnum, 69)], isLoose: true }),
  tokenShape('jfrog-reference', 'a JFrog reference token', {
    anchors: ['cmVmd'],
    after: [run(alnum, 59)],
    isLoose: true,
  }),
]

const building: readonly TokenShape[] = [
  tokenShape('sourcegraph', 'a Sourcegraph access token', { anchors: ['sgp_'], after: [run(`${anyHex}_local`, 40)] }),
  // https://buildkite.com/docs/platform/security/tokens
  tokenShape('buildkite', 'a Buildkite token', { anchors: ['bkua_', 'bkaj_', 'bkpt_'], after: [run(alnum, 40)] }),
  tokenShape('circleci', 'a CircleCI token', {
    anchors: ['CCIPAT_', 'CCIPRJ_'],
    after: [run(alnum, 16, 30), '_', run(anyHex, 40)],
  }),
  // https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens
  tokenShape('sonarqube', 'a SonarQube token', { anchors: ['squ_', 'sqp_', 'sqa_'], after: [run(hex, 40)] }),
  tokenShape('octopus', 'an Octopus Deploy API key', {
    anchors: ['API-'],
    after: [run('A-Z0-9', 26, 32)],
    isLoose: true,
  }),
  tokenShape('harness', 'a Harness access token', {
    anchors: ['pat.', 'sat.'],
    after: [run(dashed, 22), '.', run(alnum, 24), '.', run(alnum, 20)],
    isLoose: true,
  }),
  // https://authress.io/knowledge-base/docs/authorization/service-clients
  tokenShape('authress', 'an Authress service client’s key', {
    before: run('a-z0-9_.', 12, 48),
    anchors: ['.acc_', '.acc-'],
    after: [run('a-z0-9-', 10, 32), '.', run(`${base64}_=-`, 30)],
  }),
  // https://api.intra.42.fr/apidoc/guides/getting_started
  tokenShape('intra-42', 'a 42 Intra client secret', { anchors: ['s-s4t2ud-', 's-s4t2af-'], after: [run(hex, 64)] }),
  tokenShape('prefect', 'a Prefect API key', { anchors: ['pnu_', 'pnb_'], after: [run(alnum, 36)] }),
  tokenShape('infracost', 'an Infracost API key', { anchors: ['ico-'], after: [run(alnum, 32)], isLoose: true }),
  tokenShape('openshift', 'an OpenShift user token', { anchors: ['sha256~'], after: [run(dashed, 43)] }),
  tokenShape('postman', 'a Postman API key', { anchors: ['PMAK-'], after: [run(anyHex, 24), '-', run(anyHex, 34)] }),
  // https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/
  tokenShape('pulumi', 'a Pulumi access token', { anchors: ['pul-'], after: [run(hex, 40)] }),
  // https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
  tokenShape('terraform-cloud', 'a Terraform Cloud token', {
    before: run(alnum, 14),
    anchors: ['.atlasv1.'],
    after: [run(`${dashed}=`, 60)],
  }),
  // https://developer.hashicorp.com/vault/docs/concepts/tokens
  tokenShape('vault', 'a HashiCorp Vault token', { anchors: ['hvs.', 'hvb.', 'hvr.'], after: [run(dashed, 24)] }),
  tokenShape('doppler', 'a Doppler token', {
    anchors: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
    after: [run(`${dashed}.`, 40)],
  }),
  // https://github.com/FiloSottile/age: Bech32
  tokenShape('age-key', 'an age secret key', { anchors: ['AGE-SECRET-KEY-1'], after: [run('A-Z0-9', 58)] }),
  tokenShape('1password-service', 'a 1Password service account’s token', {
    anchors: ['ops_eyJ'],
    after: [run(`${base64}=`, 100)],
  }),
  tokenShape('1password-key', 'a 1Password secret key', {
    anchors: ['A3-'],
    after: [run('A-Z0-9', 6), '-', run('A-Z0-9', 5, 11), '-', run('A-Z0-9-', 17)],
    isLoose: true,
  }),
  tokenShape('tailscale', 'a Tailscale key', {
    anchors: ['tskey-auth-', 'tskey-api-', 'tskey-client-', 'tskey-webhook-', 'tskey-scim-'],
    after: [run(alnum, 8, 24), '-', run(alnum, 20)],
  }),
  tokenShape('twitch-oauth', 'an IRC token of Twitch', {
    anchors: ['oauth:'],
    after: [run('a-z0-9', 30)],
    isLoose: true,
  }),
  tokenShape('telegram-bot', 'a Telegram bot’s token', {
    before: run(digits, 8, 10),
    anchors: [':AA'],
    after: [run(dashed, 32)],
  }),
]

export const codeTokens: readonly TokenShape[] = [...github, ...gitlab, ...atlassian, ...registries, ...building]
