import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyText } from '../../../packages/trust-policy/test/apply-text.ts';
import { companyProxy, REGION_HOST } from './proxy.ts';
import { ACCOUNT, type Addresses, type AwsSetup, ROLE, type Scene, type Setup, type Statement } from './scene.ts';
import type { FirstScreen } from './screen.ts';
import {
  BITBUCKET_AUDIENCE,
  BITBUCKET_ISSUER,
  bitbucket,
  ENVIRONMENT,
  REPOSITORY,
  WORKSPACE_UUID,
  withAws,
  withOptions,
} from './setups.ts';

const OTHER_ACCOUNT = '210987654321';
const PROXY_PASSWORD = 'build:open-sesame';

/** Denial by a service control policy, with AWS's text. */
const SCP =
  'User: arn:aws:sts::123456789012:assumed-role/unknown is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: arn:aws:iam::123456789012:role/deploy with an explicit deny in a service control policy';

/** Returns the setup after the temporary error. */
function later({ faults: _, ...setup }: Setup): Setup {
  return setup;
}

/**
 * Executes the AWS CLI commands in the lines.
 *
 * @throws Error if the lines contain no such command
 */
export function afterProviderCommands(setup: Setup, { lines }: FirstScreen): Setup {
  const text = lines.join('\n');
  const { providers } = setup.aws;
  const [, url, clientId] = /create-open-id-connect-provider --url '(\S+)' --client-id-list '(\S+)'/.exec(text) ?? [];
  const [, added] = /add-client-id-to-open-id-connect-provider .* --client-id '(\S+)'/.exec(text) ?? [];
  if (url === undefined || clientId === undefined || added === undefined) throw new Error(`no command in ${text}`);
  const isThere = providers.some((provider) => provider.url === `https://${url.replace(/^https:\/\//, '')}`);
  const changedProviders: AwsSetup['providers'] = isThere
    ? providers.map((provider) => ({ ...provider, clientIds: [...provider.clientIds, added] }))
    : [...providers, { url, clientIds: [clientId] }];
  return withAws(setup, { providers: changedProviders });
}

/** Applies the change in the fix to the role's trust policy. */
export function afterPolicyChange(setup: Setup, { lines: [, fix = ''] }: FirstScreen): Setup {
  const policy = applyText({ Statement: setup.aws.statements }, undefined, fix.replace(/^Fix: /, ''));
  return withAws(setup, { statements: (policy as { Statement: Statement[] }).Statement });
}

const trusting = ({ folder, https }: Addresses) => {
  const file = path.join(folder, 'ca.pem');
  writeFileSync(file, https.ca);
  return { NODE_EXTRA_CA_CERTS: file };
};

const forEnvironment = `${REPOSITORY}:${ENVIRONMENT}:*`;

/** Typical mistakes in setups of Bitbucket Pipelines. */
export const PIPE_SCENES: readonly Scene[] = (
  [
    {
      name: 'no `oidc: true`',
      setup: { ...bitbucket(), hasToken: false },
      code: 'TokenUnavailable',
      cause: /this step has no identity token/,
      fix: /Add `oidc: true` to this step/,
      fixed: ({ hasToken: _, ...setup }) => setup,
    },
    {
      name: 'provider missing',
      setup: withAws(bitbucket(), { providers: [] }),
      code: 'IdentityTokenNotValidated',
      cause: new RegExp(`account ${ACCOUNT} has no identity provider for its issuer`),
      fix: /[Cc]reate the provider/,
      fixed: afterProviderCommands,
    },
    {
      name: 'audience with braces',
      setup: withAws(bitbucket(), {
        providers: [
          { url: `https://${BITBUCKET_ISSUER}`, clientIds: [`ari:cloud:bitbucket::workspace/{${WORKSPACE_UUID}}`] },
        ],
      }),
      code: 'IdentityTokenNotValidated',
      cause: /does not list its audience/,
      fix: /add the audience/,
      fixed: afterProviderCommands,
    },
    {
      name: 'audience with braces in the trust policy, with TRUST_POLICY_FILE',
      setup: {
        ...bitbucket(`${REPOSITORY}:*`, {
          [`${BITBUCKET_ISSUER}:aud`]: `ari:cloud:bitbucket::workspace/{${WORKSPACE_UUID}}`,
        }),
        hasPolicyFile: true,
      },
      code: 'AccessDenied',
      cause: /":aud"|…:aud/,
      fix: new RegExp(BITBUCKET_AUDIENCE),
      fixed: afterPolicyChange,
    },
    {
      name: 'wrong account in the ARN',
      setup: withOptions(bitbucket(), { AWS_OIDC_ROLE_ARN: ROLE.replace(ACCOUNT, OTHER_ACCOUNT) }),
      code: 'IdentityTokenNotValidated',
      cause: new RegExp(OTHER_ACCOUNT),
      fix: new RegExp(`^Fix: If ${OTHER_ACCOUNT} is not the account you meant, correct AWS_OIDC_ROLE_ARN`),
      fixed: (setup) => withOptions(setup, { AWS_OIDC_ROLE_ARN: ROLE }),
    },
    {
      name: 'role misspelt',
      setup: { ...withOptions(bitbucket(forEnvironment), { AWS_OIDC_ROLE_ARN: `${ROLE}er` }), isDeployment: true },
      code: 'AccessDenied',
      cause: /if the role doesn't exist/,
      fix: /role "deployer" exists in account 123456789012 \(AWS_OIDC_ROLE_ARN\)/,
      fixed: (setup) => withOptions(setup, { AWS_OIDC_ROLE_ARN: ROLE }),
    },
    {
      name: 'role wants `deployment:`',
      setup: bitbucket(forEnvironment),
      code: 'AccessDenied',
      cause: /This step has no "deployment:"/,
      fix: /add "deployment: <name>" to th(?:e|is) step/,
      fixed: (setup) => ({ ...setup, isDeployment: true }),
    },
    {
      name: 'the same with TRUST_POLICY_FILE',
      setup: { ...bitbucket(forEnvironment), hasPolicyFile: true },
      code: 'AccessDenied',
      cause: /deployment/,
      fix: /^Fix: Add "deployment: <name>" to this step, with the name of that environment\.$/,
      fixed: (setup) => ({ ...setup, isDeployment: true }),
    },
    {
      name: 'condition on the branch, with TRUST_POLICY_FILE',
      setup: {
        ...bitbucket(`${REPOSITORY}:*`, { [`${BITBUCKET_ISSUER}:branchName`]: 'main' }),
        hasPolicyFile: true,
      },
      code: 'AccessDenied',
      cause: /branchName/,
      fix: /deployment environment.*remove the condition on the branch\./,
      fixed: (setup) => ({ ...setup, aws: bitbucket(forEnvironment).aws, isDeployment: true }),
    },
    {
      name: 'service control policy',
      setup: {
        ...bitbucket(),
        faults: [{ match: { endpoint: 'sts' }, fault: { code: 'AccessDenied', message: SCP } }],
      },
      code: 'AccessDenied',
      cause: /service control policy \(SCP\) denies/,
      fix: /admins of your AWS organization/,
      fixed: later,
    },
    {
      name: 'session too long',
      setup: withOptions(bitbucket(), { DURATION_SECONDS: '7200' }),
      code: 'SessionTooLong',
      cause: /\(7200 s\) is longer than role "deploy" allows/,
      fix: /DURATION_SECONDS \(3600/,
      fixed: (setup, { lines }) => {
        const [, name, duration] =
          /update-role --role-name '?(\w+)'? --max-session-duration (\d+)/.exec(lines.join('\n')) ?? [];
        if (name !== 'deploy') throw new Error('no command for the role');
        return withAws(setup, { maxSessionDuration: Number(duration) });
      },
    },
    {
      name: 'keys of the issuer unreachable',
      setup: {
        ...withOptions(bitbucket(), { MAX_ATTEMPTS: '3' }),
        faults: [
          {
            match: { endpoint: 'sts' },
            fault: {
              code: 'InvalidIdentityToken',
              message: "Couldn't retrieve verification key from your identity provider,",
            },
          },
        ],
      },
      code: 'KeysUnreachable',
      cause: /could not fetch the signing keys/,
      fix: /^Fix: Run the step again/,
      fixed: later,
    },
    {
      name: 'throttled',
      setup: {
        ...withOptions(bitbucket(), { MAX_ATTEMPTS: '2' }),
        faults: [{ match: { endpoint: 'sts' }, fault: { code: 'Throttling' } }],
      },
      code: 'Throttled',
      cause: /throttled every attempt/,
      fix: /^Fix: Run the step again.*TIMEOUT_SECONDS/,
      fixed: later,
    },
    {
      name: 'token from the future',
      setup: { ...bitbucket(), issuerClock: 1200 },
      code: 'IdentityTokenRejected',
      cause: /issued in the future, in 20 min/,
      fix: /^Fix: Fix the clock \(NTP\) of api\.bitbucket\.org/,
      fixed: ({ issuerClock: _, ...setup }) => setup,
    },
    {
      name: 'proxy that asks for a password (407)',
      setup: {
        ...bitbucket(),
        addressed: async (addresses) => ({
          ...trusting(addresses),
          STS_ENDPOINT: addresses.https.sts,
          HTTPS_PROXY: `http://${await companyProxy(addresses, PROXY_PASSWORD)}`,
        }),
      },
      code: 'ProxyRefused',
      cause: /proxy 127\.0\.0\.1:\d+ asks for a user and a password/,
      fix: /^Fix: Set HTTPS_PROXY to http:\/\/user:password@127\.0\.0\.1:\d+, as a secured variable\./,
      fixed: (setup) => ({
        ...setup,
        addressed: async (addresses) => ({
          ...trusting(addresses),
          STS_ENDPOINT: addresses.https.sts,
          HTTPS_PROXY: `http://${PROXY_PASSWORD}@${await companyProxy(addresses, PROXY_PASSWORD)}`,
        }),
      }),
    },
    {
      name: 'proxy not given',
      setup: withOptions(bitbucket(), { STS_ENDPOINT: `https://${REGION_HOST}`, MAX_ATTEMPTS: '2' }),
      code: 'Unreachable',
      cause: /No proxy was used/,
      fix: /needs a proxy, set HTTPS_PROXY to http:\/\/host:port under "variables:" of the pipe/,
      fixed: (setup) => ({
        ...setup,
        addressed: async (addresses) => ({
          ...trusting(addresses),
          HTTPS_PROXY: `http://${await companyProxy(addresses)}`,
        }),
      }),
    },
  ] satisfies Omit<Scene, 'program'>[]
).map((scene) => ({ program: 'pipe', ...scene }));
