import assert from 'node:assert/strict';
import { SETTING_VARIABLES } from '../src/settings.ts';
import { unknownVariables } from '../src/unknown-variables.ts';
import { VARIABLES } from '../src/variables.ts';

const UNKNOWN = "isn't a variable of this pipe";

const problemsOf = (...names: string[]) => unknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])));

describe("variables that resemble the pipe's", () => {
  const misspelt: Readonly<Record<string, string>> = {
    AWS_OIDC_ROLE: 'AWS_OIDC_ROLE_ARN',
    AWS_OIDC_ROLE_NAME: 'AWS_OIDC_ROLE_ARN',
    AWS_OICD_ROLE_ARN: 'AWS_OIDC_ROLE_ARN',
    aws_oidc_role_arn: 'AWS_OIDC_ROLE_ARN',
    ROLE_ARN: 'AWS_ROLE_ARN',
    DURATION_SECOND: 'DURATION_SECONDS',
    DURATION: 'DURATION_SECONDS',
    SESSION_POLICY_ARN: 'SESSION_POLICY_ARNS',
    SESSION_POLICIES: 'SESSION_POLICY',
    SESSION_NAME: 'ROLE_SESSION_NAME',
    ALLOWED_ACCOUNT_ID: 'ALLOWED_ACCOUNT_IDS',
    ALOWED_ACCOUNT_IDS: 'ALLOWED_ACCOUNT_IDS',
    REGION: 'AWS_REGION',
    TIMEOUT: 'TIMEOUT_SECONDS',
    ROLE: 'ROLES',
    PROFIEL: 'PROFILE',
    EXPOSED: 'EXPOSE',
    SESSION_POLICY_ARNS_0_: 'SESSION_POLICY_ARNS',
    AWS_SESSION_POLICY: 'SESSION_POLICY',
    ROLE_DURATION_SECONDS: 'DURATION_SECONDS',
    SESSION_DURATION_SECONDS: 'DURATION_SECONDS',
    MASK_AWS_ACCOUNT_ID: 'MASK_ACCOUNT_ID',
    AWS_STS_ENDPOINT: 'STS_ENDPOINT',
    CHAIN_ROLE_SESSION_POLICY: 'SESSION_POLICY',
  };
  for (const [name, nearest] of Object.entries(misspelt)) {
    it(`are named with the nearest existing one: ${name}`, () => {
      const fix = `If you mean ${nearest}, rename it. Otherwise remove it.`;
      assert.deepEqual(problemsOf(name), [{ option: name, message: UNKNOWN, fix }]);
    });
  }

  it("are named with the pipe's name if other tools have another one", () => {
    assert.deepEqual(problemsOf('AWS_ROLE_SESSION_NAME', 'AWS_PROFILE', 'SESSION_DURATION'), [
      { option: 'AWS_ROLE_SESSION_NAME', message: UNKNOWN, fix: 'Rename it to ROLE_SESSION_NAME.' },
      { option: 'AWS_PROFILE', message: UNKNOWN, fix: 'Rename it to PROFILE.' },
      { option: 'SESSION_DURATION', message: UNKNOWN, fix: 'Rename it to DURATION_SECONDS.' },
    ]);
  });

  it("are named with the pipe's name, in the spelling of inputs too", () => {
    for (const [option, ourNames] of Object.entries({
      'role-to-assume': 'AWS_OIDC_ROLE_ARN',
      AWS_ROLE_TO_ASSUME: 'AWS_OIDC_ROLE_ARN',
      'inline-session-policy': 'SESSION_POLICY',
      INLINE_SESSION_POLICY: 'SESSION_POLICY',
      MANAGED_SESSION_POLICIES: 'SESSION_POLICY_ARNS',
      ROLE_EXTERNAL_ID: 'CHAIN_EXTERNAL_ID',
      RETRY_MAX_ATTEMPTS: 'MAX_ATTEMPTS',
      MAX_RETRIES: 'MAX_ATTEMPTS',
      ROLE_SESSION_DURATION: 'DURATION_SECONDS',
      PROFILE_NAME: 'PROFILE',
    })) {
      assert.deepEqual(problemsOf(option), [{ option, message: UNKNOWN, fix: `Rename it to ${ourNames}.` }]);
    }
  });

  it("are refused with a reason if the pipe lacks another tool's feature", () => {
    const [{ message = '' } = {}] = problemsOf('TRANSITIVE_TAG_KEYS');
    assert.equal(message, `${UNKNOWN}: session tags of a chain are not transitive`);
  });

  it('include every input of the best known action that this pipe does not have under that name', () => {
    // Inputs of aws-actions/configure-aws-credentials v5. Keys are variables of AWS tools, which no pipe needs.
    const inputs = `role-to-assume web-identity-token-file role-chaining audience mask-aws-account-id
      role-duration-seconds role-external-id role-skip-session-tagging inline-session-policy managed-session-policies
      output-credentials unset-current-credentials disable-retry retry-max-attempts special-characters-workaround
      transitive-tag-keys custom-tags action-timeout-s aws-profile`.split(/\s+/);
    for (const input of inputs) {
      const name = input.toUpperCase().replaceAll('-', '_');
      assert.equal(problemsOf(name).length, 1, name);
      assert.equal(problemsOf(input).length, 1, input);
    }
  });

  it("do not include the pipe's own, or the parts of a list", () => {
    assert.deepEqual(
      problemsOf(
        ...Object.values(VARIABLES).flat(),
        ...Object.values(SETTING_VARIABLES),
        'ROLES_COUNT',
        'ROLES_0',
        'SESSION_POLICY_ARNS_12',
      ),
      [],
    );
  });

  it("do not include those of Bitbucket, containers, proxies, Node and AWS's tools", () => {
    const others =
      `BITBUCKET_BRANCH BITBUCKET_STEP_OIDC_TOKEN BITBUCKET_PIPE_STORAGE_DIR BITBUCKET_DEPLOYMENT_ENVIRONMENT CI
      PIPELINES_JWT_TOKEN DOCKER_HOST HOME PATH HOSTNAME PWD TERM LANG LC_ALL TZ USER LOGNAME SHLVL _ SHELL EDITOR
      HTTPS_PROXY https_proxy NO_PROXY ALL_PROXY HTTP_PROXY NODE_EXTRA_CA_CERTS NODE_OPTIONS NODE_VERSION YARN_VERSION
      SSL_CERT_FILE SSL_CERT_DIR AWS_ACCESS_KEY_ID
      AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_STS_REGIONAL_ENDPOINTS AWS_DEFAULT_PROFILE
      AWS_DEFAULT_OUTPUT AWS_CONFIG_FILE NAME FILE TAGS ID MY_TOOL_SETTING`.split(/\s+/);
    assert.deepEqual(problemsOf(...others), []);
  });
});
