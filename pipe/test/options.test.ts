import assert from 'node:assert/strict';
import { Failure, type Options, parseOptions } from '@aws-oidc-assume/shared';
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
    return (error.details.problems ?? []).map(({ option, message }) => `${option} ${message}`);
  }
  return [];
}

interface Row {
  readonly variable: string;
  readonly valid: string;
  /** Parsed form of the valid value. */
  readonly as: Partial<Options & Settings>;
  readonly invalid: string;
  readonly message: string;
  /** Parsed form of an empty value; a message if the variable is required. */
  readonly empty: Partial<Options & Settings> | string;
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
const NEEDS_ROLE =
  'AWS_OIDC_ROLE_ARN is required: the ARN of the role to assume, e.g. arn:aws:iam::123456789012:role/deploy';
const IS_EMPTY = 'It is empty: if it refers to a variable, that variable is not defined where this runs';
const needsRegion = (variable: string) =>
  `${variable} is required: the region of your deployment, e.g. eu-west-1. ${IS_EMPTY}`;
const limitsNothing = (variable: string) => `${variable} would limit nothing: set it, or remove it. ${IS_EMPTY}`;
const NO_ARN = 'not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>)';
const ENDPOINT = { region: 'eu-west-1', url: 'https://sts.eu-west-1.amazonaws.com' };

const TABLE: readonly Row[] = [
  {
    variable: 'AWS_OIDC_ROLE_ARN',
    base: NO_ROLE,
    valid: ROLE,
    as: { roles: [{ role: target, profile: undefined }] },
    invalid: 'deploy',
    message: `AWS_OIDC_ROLE_ARN is "deploy", ${NO_ARN}`,
    empty: `${NEEDS_ROLE}. ${IS_EMPTY}`,
  },
  {
    variable: 'AWS_ROLE_ARN',
    base: NO_ROLE,
    valid: OTHER_ROLE,
    as: { roles: [{ role: otherTarget, profile: undefined }] },
    invalid: 'arn:aws:iam::12:role/x',
    message: `AWS_ROLE_ARN is "arn:aws:iam::12:role/x", ${NO_ARN}`,
    empty: `${NEEDS_ROLE}. ${IS_EMPTY}`.replace('AWS_OIDC_ROLE_ARN', 'AWS_ROLE_ARN'),
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
    message: `ROLES is "${ROLE}", not of the form <profile>=<role ARN>`,
    empty: NEEDS_ROLE,
  },
  {
    variable: 'AWS_DEFAULT_REGION',
    base: NO_REGION,
    valid: 'ap-southeast-2',
    as: { region: 'ap-southeast-2' },
    invalid: 'Ireland',
    message: 'AWS_DEFAULT_REGION is "Ireland", not the name of an AWS region (e.g. eu-west-1)',
    empty: needsRegion('AWS_DEFAULT_REGION'),
  },
  {
    variable: 'AWS_REGION',
    base: NO_REGION,
    valid: 'us-east-1',
    as: { region: 'us-east-1' },
    invalid: 'us east 1',
    message: 'AWS_REGION is "us east 1", not the name of an AWS region (e.g. eu-west-1)',
    empty: needsRegion('AWS_REGION'),
  },
  {
    variable: 'ROLE_SESSION_NAME',
    valid: 'release+1.2@main',
    as: { sessionName: 'release+1.2@main' },
    invalid: 'a name with spaces',
    message:
      'ROLE_SESSION_NAME is "a name with spaces", not a role session name: 2 to 64 letters, digits, and _ + = , . @ - (a limit of AWS STS)',
    empty: { sessionName: undefined },
  },
  {
    variable: 'DURATION_SECONDS',
    valid: '900',
    as: { durationSeconds: 900 },
    invalid: '899',
    message: 'DURATION_SECONDS is "899", not a whole number of seconds from 900 to 43200',
    empty: limitsNothing('DURATION_SECONDS'),
  },
  {
    variable: 'SESSION_POLICY',
    valid: JSON.stringify(POLICY, null, 2),
    as: { sessionPolicy: JSON.stringify(POLICY) },
    invalid: '{"Version":"2012-10-17"}',
    message: 'SESSION_POLICY is not a policy document: a JSON object with a Statement',
    empty: limitsNothing('SESSION_POLICY'),
  },
  {
    variable: 'SESSION_POLICY_ARNS',
    valid: 'arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::123456789012:policy/mine',
    as: { sessionPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/mine'] },
    invalid: 'ReadOnlyAccess',
    message:
      'SESSION_POLICY_ARNS is "ReadOnlyAccess", not the ARN of a managed policy (arn:aws:iam::aws:policy/ReadOnlyAccess)',
    empty: limitsNothing('SESSION_POLICY_ARNS'),
  },
  {
    variable: 'CHAIN_ROLE_ARNS',
    valid: OTHER_ROLE,
    as: { chain: [otherTarget] },
    invalid: 'second',
    message: `CHAIN_ROLE_ARNS is "second", ${NO_ARN}`,
    empty: { chain: [] },
  },
  {
    variable: 'CHAIN_EXTERNAL_ID',
    others: CHAINED,
    valid: 'partner:42',
    as: { chainExternalId: 'partner:42' },
    invalid: 'partner 42',
    message: 'CHAIN_EXTERNAL_ID is not an external id: 2 to 1224 letters, digits, and _ + = , . @ : / -',
    empty: { chainExternalId: undefined },
  },
  {
    variable: 'CHAIN_SESSION_TAGS',
    others: CHAINED,
    valid: 'run, Team=web',
    as: { chainTags: { run: true, own: { Team: 'web' } } },
    invalid: 'Team:web',
    message: 'CHAIN_SESSION_TAGS is "Team:web", not a session tag: write run for the tags of the run, or Key=Value',
    empty: { chainTags: { run: false, own: {} } },
  },
  {
    variable: 'ALLOWED_ACCOUNT_IDS',
    valid: '123456789012,210987654321',
    as: { allowedAccountIds: ['123456789012', '210987654321'] },
    invalid: '1234-5678-9012',
    message: 'ALLOWED_ACCOUNT_IDS is "1234-5678-9012", not an AWS account id (12 digits)',
    empty: limitsNothing('ALLOWED_ACCOUNT_IDS'),
  },
  {
    variable: 'EXPOSE',
    valid: 'web-identity',
    as: { expose: 'web-identity' },
    invalid: 'output-variables',
    message: 'EXPOSE is "output-variables", not one of environment, profile, web-identity',
    empty: { expose: 'environment' },
  },
  {
    variable: 'PROFILE',
    others: { EXPOSE: 'profile' },
    valid: 'staging',
    as: { profile: 'staging', roles: [{ role: target, profile: 'staging' }] },
    invalid: 'a]b',
    message: 'PROFILE is "a]b", not a profile name: letters, digits, and . _ @ + - up to 64',
    empty: { profile: undefined },
  },
  {
    variable: 'VARIABLE_PREFIX',
    valid: 'STAGING_',
    as: { variablePrefix: 'STAGING_' },
    invalid: '1_',
    message:
      'VARIABLE_PREFIX is "1_", not a prefix of variable names: letters, digits and _, not beginning with a digit',
    empty: { variablePrefix: '' },
  },
  {
    variable: 'MASK_ACCOUNT_ID',
    valid: 'True',
    as: { maskAccountId: true },
    invalid: 'yes',
    message: 'MASK_ACCOUNT_ID is "yes", neither true nor false',
    empty: { maskAccountId: false },
  },
  {
    variable: 'STS_ENDPOINT',
    valid: 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com',
    as: { endpoints: [{ region: 'eu-west-1', url: 'https://vpce-1.sts.eu-west-1.vpce.amazonaws.com' }] },
    invalid: 'http://sts.example.com',
    message:
      'STS_ENDPOINT is "http://sts.example.com", which is not https: the secret would travel in clear text (http is accepted only for 127.0.0.1, [::1] and localhost)',
    empty: { endpoints: [ENDPOINT] },
  },
  {
    variable: 'STS_FALLBACK_REGIONS',
    valid: 'eu-central-1',
    as: { endpoints: [ENDPOINT, { region: 'eu-central-1', url: 'https://sts.eu-central-1.amazonaws.com' }] },
    invalid: 'cn-north-1',
    message: 'STS_FALLBACK_REGIONS cn-north-1 lies in another partition than eu-west-1',
    empty: { endpoints: [ENDPOINT] },
  },
  {
    variable: 'TIMEOUT_SECONDS',
    valid: '5',
    as: { timeoutSeconds: 5 },
    invalid: '0',
    message: 'TIMEOUT_SECONDS is "0", not a whole number of seconds from 1 to 3600',
    empty: { timeoutSeconds: 60 },
  },
  {
    variable: 'MAX_ATTEMPTS',
    valid: '1',
    as: { maxAttempts: 1 },
    invalid: 'many',
    message: 'MAX_ATTEMPTS is "many", not a whole number of attempts from 1 to 50',
    empty: { maxAttempts: 5 },
  },
  {
    variable: 'TRUST_POLICY_FILE',
    valid: 'infra/trust.json',
    as: { trustPolicyFile: 'infra/trust.json' },
    invalid: '${TRUST}',
    message: 'TRUST_POLICY_FILE is ${TRUST}: the variable is not defined where this runs',
    empty: { trustPolicyFile: undefined },
  },
  {
    variable: 'EXPOSE_ONCE',
    valid: 'true',
    as: { once: true },
    invalid: '1',
    message: 'EXPOSE_ONCE is "1", neither true nor false',
    empty: { once: false },
  },
  {
    variable: 'OUTPUT_DIR',
    valid: 'build/.aws',
    as: { outputFolder: 'build/.aws' },
    invalid: '../elsewhere',
    message: 'OUTPUT_DIR is "../elsewhere", not a folder below the clone folder',
    empty: { outputFolder: '.aws-oidc' },
  },
  {
    variable: 'DIAGNOSE',
    valid: 'true',
    as: { diagnose: true },
    invalid: 'yes',
    message: 'DIAGNOSE is "yes", neither true nor false',
    empty: { diagnose: false },
  },
  {
    variable: 'DEBUG',
    valid: 'TRUE',
    as: { debug: true },
    invalid: 'on',
    message: 'DEBUG is "on", neither true nor false',
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

  for (const { variable, valid, as, invalid, message, empty, others = {}, base = ALWAYS } of TABLE) {
    describe(variable, () => {
      const having = (value: string) => ({ ...base, ...others, [variable]: value });

      it('is read', () => {
        const options = read(having(valid));
        for (const [key, value] of Object.entries(as)) assert.deepEqual(options[key as keyof typeof options], value);
      });

      it('is refused if wrong', () => assert.deepEqual(problemsOf(having(invalid)), [message]));

      it('is unset if empty', () => {
        for (const nothing of ['', '  ', '\n']) {
          if (typeof empty === 'string') assert.deepEqual(problemsOf(having(nothing)), [empty]);
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
          assert.deepEqual(problemsOf(having(variableText)), [
            `${variable} is ${variableText}: the variable is not defined where this runs`,
          ]);
        }
      });
    });
  }

  const cases: readonly { name: string; env: Variables; problems: readonly string[] }[] = [
    {
      name: 'two names of one option that say the same',
      env: { ...ALWAYS, AWS_REGION: ' eu-west-1' },
      problems: [],
    },
    {
      name: 'two names of one option that say different things',
      env: { ...ALWAYS, AWS_REGION: 'us-east-1', AWS_ROLE_ARN: OTHER_ROLE },
      problems: [
        'AWS_REGION says something else than AWS_DEFAULT_REGION, which means the same; set one of them',
        'AWS_ROLE_ARN says something else than AWS_OIDC_ROLE_ARN, which means the same; set one of them',
      ],
    },
    {
      name: 'a list with a broken count',
      env: { ...ALWAYS, SESSION_POLICY_ARNS_COUNT: 'two', SESSION_POLICY_ARNS_0: 'x' },
      problems: ['SESSION_POLICY_ARNS_COUNT is "two", not a number of items'],
    },
    {
      name: 'a wrong item of a list',
      env: { ...ALWAYS, ALLOWED_ACCOUNT_IDS_COUNT: '2', ALLOWED_ACCOUNT_IDS_0: '1', ALLOWED_ACCOUNT_IDS_1: '$A' },
      problems: [
        'ALLOWED_ACCOUNT_IDS is "1", not an AWS account id (12 digits)',
        'ALLOWED_ACCOUNT_IDS is $A: the variable is not defined where this runs',
      ],
    },
    {
      name: 'a profile without profiles',
      env: { ...ALWAYS, PROFILE: 'a' },
      problems: ['PROFILE has no effect with EXPOSE environment; set EXPOSE to profile'],
    },
    {
      name: 'a prefix for profiles',
      env: { ...ALWAYS, EXPOSE: 'profile', VARIABLE_PREFIX: 'A_' },
      problems: ['VARIABLE_PREFIX cannot be used with EXPOSE profile: profiles are told apart by PROFILE'],
    },
    {
      name: 'files that every command reads, to be read once',
      env: { ...ALWAYS, EXPOSE: 'web-identity', EXPOSE_ONCE: 'true' },
      problems: ['EXPOSE_ONCE cannot be used with EXPOSE web-identity: every command reads the files anew'],
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
      problems: [
        'SESSION_POLICY',
        'SESSION_POLICY_ARNS',
        'CHAIN_ROLE_ARNS',
        'DURATION_SECONDS',
        'STS_FALLBACK_REGIONS',
      ].map(
        (name) => `${name} cannot be used with EXPOSE web-identity: SDKs assume the role by themselves, without it`,
      ),
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
      problems: ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'].map(
        (name) => `${name} cannot be used with EXPOSE web-identity and STS_ENDPOINT: AWS SDKs refuse to use both`,
      ),
    },
    {
      name: 'a variant of the endpoint that is neither wanted nor unwanted',
      env: { ...ALWAYS, AWS_USE_FIPS_ENDPOINT: '1' },
      problems: ['AWS_USE_FIPS_ENDPOINT is "1", neither true nor false'],
    },
    {
      name: 'several roles in one environment',
      env: { ...NO_ROLE, ROLES: `a=${ROLE}`, EXPOSE: 'environment', PROFILE: 'b' },
      problems: [
        'ROLES needs EXPOSE to be profile: each role becomes one profile',
        'PROFILE cannot be used together with ROLES, which names its own',
      ],
    },
    {
      name: "git's own folder, the clone itself, and one beside it",
      env: { ...ALWAYS, OUTPUT_DIR: '.git/aws' },
      problems: ['OUTPUT_DIR is ".git/aws", which belongs to git'],
    },
    {
      name: 'the clone folder itself',
      env: { ...ALWAYS, OUTPUT_DIR: '/clone/' },
      problems: ['OUTPUT_DIR is "/clone/", not a folder below the clone folder'],
    },
    {
      name: 'an absolute folder below the clone',
      env: { ...ALWAYS, OUTPUT_DIR: '/clone/out' },
      problems: [],
    },
    {
      name: 'a variable inside a path',
      env: { ...ALWAYS, OUTPUT_DIR: '$BUILD/out' },
      problems: ['OUTPUT_DIR is "$BUILD/out"; the variable $BUILD in it is not defined where this runs'],
    },
    {
      name: 'control characters in a path',
      env: { ...ALWAYS, OUTPUT_DIR: 'a\u001b[31m\nb' },
      problems: ['OUTPUT_DIR is "a b", which holds control characters'],
    },
    {
      name: 'a proxy of another kind, its password untold',
      env: { ...ALWAYS, HTTPS_PROXY: 'socks5://me:pass@proxy' },
      problems: ['HTTPS_PROXY is not the address of an HTTP proxy (http://host:port)'],
    },
    {
      name: 'everything at once',
      env: { BITBUCKET_CLONE_DIR: '/clone', AWS_OIDC_ROLE: ROLE, DEBUG: 'x', EXPOSE: 'y', DURATION_SECONDS: 'z' },
      problems: [
        'AWS_OIDC_ROLE is no variable of this pipe; the nearest is AWS_OIDC_ROLE_ARN',
        'DEBUG is "x", neither true nor false',
        'DURATION_SECONDS is "z", not a whole number of seconds from 900 to 43200',
        'EXPOSE is "y", not one of environment, profile, web-identity',
        'AWS_DEFAULT_REGION is required: the region of your deployment, e.g. eu-west-1',
        NEEDS_ROLE,
      ],
    },
  ];
  for (const { name, env, problems } of cases) {
    it(`${problems.length === 0 ? 'may be' : 'are not'} ${name}`, () => assert.deepEqual(problemsOf(env), problems));
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
