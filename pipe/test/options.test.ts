import assert from 'node:assert/strict';
import { Failure, type Options, parseOptions } from '@aws-oidc-assume/shared';
import { assertWording, problemText } from '../../test/messages/wording.ts';
import { readEnvironment } from '../src/read-environment.ts';
import type { Settings } from '../src/settings.ts';
import { SETTING_VARIABLES } from '../src/settings.ts';
import { VARIABLES } from '../src/variables.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const OTHER_ROLE = 'arn:aws:iam::210987654321:role/team/deploy';
const ALWAYS = { AWS_OIDC_ROLE_ARN: ROLE, AWS_DEFAULT_REGION: 'eu-west-1', BITBUCKET_CLONE_DIR: '/clone', CI: 'true' };

type Variables = Readonly<Record<string, string>>;

function read(env: Variables): Options & Settings {
  const { raw, settings, rules } = readEnvironment(env);
  return { ...parseOptions(raw, rules), ...settings };
}

/** Lines of the log about the problems. */
function problemsOf(env: Variables): string[] {
  try {
    read(env);
  } catch (error) {
    assert.ok(error instanceof Failure);
    if (error.code !== 'InvalidOptions') return [`${error.code} ${error.message}`];
    return (error.details.problems ?? []).map(problemText);
  }
  return [];
}

interface Row {
  readonly variable: string;
  readonly valid: string;
  /** Parsed form of the valid value. */
  readonly as: Partial<Options & Settings>;
  readonly invalid: string;
  /** Options for an empty value. */
  readonly empty: Partial<Options & Settings> | 'refused';
  /** Further variables that it needs. */
  readonly others?: Variables;
  /** Variables that replace `ALWAYS`. */
  readonly base?: Variables;
}

const { AWS_OIDC_ROLE_ARN: _, ...NO_ROLE } = ALWAYS;
const { AWS_DEFAULT_REGION: __, ...NO_REGION } = ALWAYS;
const CHAINED = { CHAIN_ROLE_ARNS: OTHER_ROLE };
const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const target = { arn: ROLE, partition: 'aws', accountId: '123456789012', path: '/', name: 'deploy' };
const otherTarget = { arn: OTHER_ROLE, partition: 'aws', accountId: '210987654321', path: '/team/', name: 'deploy' };
/** Section of the messages in docs/messages.md. */
const WORDING = 'Wrong variables of the pipe';
const ENDPOINT = { region: 'eu-west-1', url: 'https://sts.eu-west-1.amazonaws.com' };

const TABLE: readonly Row[] = [
  {
    variable: 'AWS_OIDC_ROLE_ARN',
    base: NO_ROLE,
    valid: ROLE,
    as: { roles: [{ role: target, profile: undefined }] },
    invalid: 'deploy',
    empty: 'refused',
  },
  {
    variable: 'AWS_ROLE_ARN',
    base: NO_ROLE,
    valid: OTHER_ROLE,
    as: { roles: [{ role: otherTarget, profile: undefined }] },
    invalid: 'arn:aws:iam::12:role/x',
    empty: 'refused',
  },
  {
    variable: 'ROLES',
    base: NO_ROLE,
    valid: `a=${ROLE}\nb=${OTHER_ROLE}`,
    as: {
      roles: [
        { profile: 'a', role: target },
        { profile: 'b', role: otherTarget },
      ],
      expose: 'profile',
    },
    invalid: ROLE,
    empty: 'refused',
  },
  {
    variable: 'AWS_DEFAULT_REGION',
    base: NO_REGION,
    valid: 'ap-southeast-2',
    as: { region: 'ap-southeast-2' },
    invalid: 'Ireland',
    empty: 'refused',
  },
  {
    variable: 'AWS_REGION',
    base: NO_REGION,
    valid: 'us-east-1',
    as: { region: 'us-east-1' },
    invalid: 'us east 1',
    empty: 'refused',
  },
  {
    variable: 'ROLE_SESSION_NAME',
    valid: 'release+1.2@main',
    as: { sessionName: 'release+1.2@main' },
    invalid: 'a name with spaces',
    empty: { sessionName: undefined },
  },
  {
    variable: 'DURATION_SECONDS',
    valid: '900',
    as: { durationSeconds: 900 },
    invalid: '899',
    empty: 'refused',
  },
  {
    variable: 'SESSION_POLICY',
    valid: JSON.stringify(POLICY, null, 2),
    as: { sessionPolicy: JSON.stringify(POLICY) },
    invalid: '{"Version":"2012-10-17"}',
    empty: 'refused',
  },
  {
    variable: 'SESSION_POLICY_ARNS',
    valid: 'arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::123456789012:policy/mine',
    as: { sessionPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/mine'] },
    invalid: 'ReadOnlyAccess',
    empty: 'refused',
  },
  {
    variable: 'CHAIN_ROLE_ARNS',
    valid: OTHER_ROLE,
    as: { chain: [otherTarget] },
    invalid: 'second',
    empty: { chain: [] },
  },
  {
    variable: 'CHAIN_EXTERNAL_ID',
    others: CHAINED,
    valid: 'partner:42',
    as: { chainExternalId: 'partner:42' },
    invalid: 'partner 42',
    empty: { chainExternalId: undefined },
  },
  {
    variable: 'CHAIN_SESSION_TAGS',
    others: CHAINED,
    valid: 'run, Team=web',
    as: { chainTags: { run: true, own: { Team: 'web' } } },
    invalid: 'Team:web',
    empty: { chainTags: { run: false, own: {} } },
  },
  {
    variable: 'ALLOWED_ACCOUNT_IDS',
    valid: '123456789012,210987654321',
    as: { allowedAccountIds: ['123456789012', '210987654321'] },
    invalid: '1234-5678-9012',
    empty: 'refused',
  },
  {
    variable: 'EXPOSE',
    valid: 'web-identity',
    as: { expose: 'web-identity' },
    invalid: 'output-variables',
    empty: { expose: 'environment' },
  },
  {
    variable: 'PROFILE',
    others: { EXPOSE: 'profile' },
    valid: 'staging',
    as: { profile: 'staging', roles: [{ role: target, profile: 'staging' }] },
    invalid: 'a]b',
    empty: { profile: undefined },
  },
  {
    variable: 'VARIABLE_PREFIX',
    valid: 'STAGING_',
    as: { variablePrefix: 'STAGING_' },
    invalid: '1_',
    empty: { variablePrefix: '' },
  },
  {
    variable: 'MASK_ACCOUNT_ID',
    valid: 'True',
    as: { maskAccountId: true },
    invalid: 'yes',
    empty: { maskAccountId: false },
  },
  {
    variable: 'STS_ENDPOINT',
    valid: 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com',
    as: { endpoints: [{ region: 'eu-west-1', url: 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com' }] },
    invalid: 'http://sts.example.com',
    empty: { endpoints: [ENDPOINT] },
  },
  {
    variable: 'STS_FALLBACK_REGIONS',
    valid: 'eu-central-1',
    as: { endpoints: [ENDPOINT, { region: 'eu-central-1', url: 'https://sts.eu-central-1.amazonaws.com' }] },
    invalid: 'cn-north-1',
    empty: { endpoints: [ENDPOINT] },
  },
  {
    variable: 'TIMEOUT_SECONDS',
    valid: '5',
    as: { timeoutSeconds: 5 },
    invalid: '0',
    empty: { timeoutSeconds: 60 },
  },
  {
    variable: 'MAX_ATTEMPTS',
    valid: '1',
    as: { maxAttempts: 1 },
    invalid: 'many',
    empty: { maxAttempts: 5 },
  },
  {
    variable: 'TRUST_POLICY_FILE',
    valid: 'infra/trust.json',
    as: { trustPolicyFile: 'infra/trust.json' },
    invalid: '${TRUST}',
    empty: { trustPolicyFile: undefined },
  },
  {
    variable: 'EXPOSE_ONCE',
    valid: 'true',
    as: { once: true },
    invalid: '1',
    empty: { once: false },
  },
  {
    variable: 'OUTPUT_DIR',
    valid: 'build/.aws',
    as: { outputFolder: 'build/.aws' },
    invalid: '../elsewhere',
    empty: { outputFolder: '.aws-oidc' },
  },
  {
    variable: 'DIAGNOSE',
    valid: 'true',
    as: { diagnose: true },
    invalid: 'yes',
    empty: { diagnose: false },
  },
  {
    variable: 'DEBUG',
    valid: 'TRUE',
    as: { debug: true },
    invalid: 'on',
    empty: { debug: false },
  },
];

describe('the variables of the pipe', () => {
  it('are all in the table below', () => {
    assert.deepEqual(
      TABLE.map(({ variable }) => variable).sort(),
      [...Object.values(VARIABLES).flat(), ...Object.values(SETTING_VARIABLES)].sort(),
    );
  });

  for (const { variable, valid, as, invalid, empty, others = {}, base = ALWAYS } of TABLE) {
    describe(variable, () => {
      const having = (value: string) => ({ ...base, ...others, [variable]: value });

      it('is read', () => {
        const options = read(having(valid));
        for (const [key, value] of Object.entries(as)) assert.deepEqual(options[key as keyof typeof options], value);
      });

      it('is refused if wrong', () =>
        assertWording(WORDING, `${variable} is ${JSON.stringify(invalid)}`, problemsOf(having(invalid))));

      it('is unset if empty', () => {
        for (const nothing of ['', '  ', '\n']) {
          if (empty === 'refused') assertWording(WORDING, `${variable} is empty`, problemsOf(having(nothing)));
          else {
            const options = read(having(nothing));
            for (const [key, value] of Object.entries(empty)) {
              assert.deepEqual(options[key as keyof typeof options], value);
            }
          }
        }
      });

      it('is refused if it is an undefined variable', () => {
        for (const variableText of ['$NOPE', '${NOPE}']) {
          assertWording(WORDING, `${variable} is ${variableText}`, problemsOf(having(variableText)));
        }
      });
    });
  }

  const cases: readonly { name: string; env: Variables; isValid?: true }[] = [
    {
      name: 'two names of one option that say the same',
      env: { ...ALWAYS, AWS_REGION: ' eu-west-1' },
      isValid: true,
    },
    {
      name: 'two names of one option that say different things',
      env: { ...ALWAYS, AWS_REGION: 'us-east-1', AWS_ROLE_ARN: OTHER_ROLE },
    },
    {
      name: 'items without a count',
      env: { ...ALWAYS, ALLOWED_ACCOUNT_IDS_0: '123456789012' },
    },
    {
      name: 'more items than are counted',
      env: {
        ...ALWAYS,
        SESSION_POLICY_ARNS_COUNT: '1',
        SESSION_POLICY_ARNS_0: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        SESSION_POLICY_ARNS_1: 'arn:aws:iam::aws:policy/job-function/Billing',
      },
    },
    {
      name: 'a list with a broken count',
      env: { ...ALWAYS, SESSION_POLICY_ARNS_COUNT: 'two', SESSION_POLICY_ARNS_0: 'x' },
    },
    {
      name: 'a wrong item of a list',
      env: { ...ALWAYS, ALLOWED_ACCOUNT_IDS_COUNT: '2', ALLOWED_ACCOUNT_IDS_0: '1', ALLOWED_ACCOUNT_IDS_1: '$A' },
    },
    {
      name: 'a profile without profiles',
      env: { ...ALWAYS, PROFILE: 'a' },
    },
    {
      name: 'a prefix for profiles',
      env: { ...ALWAYS, EXPOSE: 'profile', VARIABLE_PREFIX: 'A_' },
    },
    {
      name: 'files that every command reads, to be read once',
      env: { ...ALWAYS, EXPOSE: 'web-identity', EXPOSE_ONCE: 'true' },
    },
    {
      name: 'what SDKs do not send when they assume a role by themselves',
      env: {
        ...ALWAYS,
        ...CHAINED,
        EXPOSE: 'web-identity',
        SESSION_POLICY: JSON.stringify(POLICY),
        SESSION_POLICY_ARNS: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        DURATION_SECONDS: '900',
        STS_FALLBACK_REGIONS: 'eu-central-1',
      },
    },
    {
      name: 'an endpoint and a variant of it, where SDKs ask it themselves',
      env: {
        ...ALWAYS,
        EXPOSE: 'web-identity',
        STS_ENDPOINT: 'https://sts.example.com',
        AWS_USE_FIPS_ENDPOINT: 'true',
        AWS_USE_DUALSTACK_ENDPOINT: 'True',
      },
    },
    {
      name: 'a variant of the endpoint that is neither wanted nor unwanted',
      env: { ...ALWAYS, AWS_USE_FIPS_ENDPOINT: '1' },
    },
    {
      name: 'several roles in one environment',
      env: { ...NO_ROLE, ROLES: `a=${ROLE}`, EXPOSE: 'environment', PROFILE: 'b' },
    },
    {
      name: 'a folder that belongs to git',
      env: { ...ALWAYS, OUTPUT_DIR: '.git/aws' },
    },
    {
      name: 'the clone folder itself',
      env: { ...ALWAYS, OUTPUT_DIR: '/clone/' },
    },
    {
      name: 'an absolute folder below the clone',
      env: { ...ALWAYS, OUTPUT_DIR: '/clone/out' },
      isValid: true,
    },
    {
      name: 'a variable inside a path',
      env: { ...ALWAYS, OUTPUT_DIR: '$BUILD/out' },
    },
    {
      name: 'control characters in a path',
      env: { ...ALWAYS, OUTPUT_DIR: 'a\u001b[31m\nb' },
    },
    {
      name: 'a proxy of another kind, its password untold',
      env: { ...ALWAYS, HTTPS_PROXY: 'socks5://me:pass@proxy' },
    },
    {
      name: 'everything at once',
      env: { BITBUCKET_CLONE_DIR: '/clone', AWS_OIDC_ROLE: ROLE, DEBUG: 'x', EXPOSE: 'y', DURATION_SECONDS: 'z' },
    },
  ];
  for (const { name, env, isValid } of cases) {
    if (isValid) it(`may be ${name}`, () => assert.deepEqual(problemsOf(env), []));
    else it(`are not ${name}`, () => assertWording(WORDING, name, problemsOf(env)));
  }

  it("accept Bitbucket's form of lists", () => {
    const options = read({
      ...NO_ROLE,
      ROLES_COUNT: '2',
      ROLES_0: `a=${ROLE}`,
      ROLES_1: `b=${OTHER_ROLE}`,
      ALLOWED_ACCOUNT_IDS: '123456789012\n210987654321',
    });
    assert.deepEqual(
      options.roles.map(({ profile }) => profile),
      ['a', 'b'],
    );
  });
});
