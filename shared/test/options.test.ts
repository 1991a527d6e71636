import assert from 'node:assert/strict';
import { Failure } from '../src/core/failure.ts';
import { mapOptions, type RawOptions } from '../src/options/keys.ts';
import { parseOptions } from '../src/options/options.ts';
import type { OptionKey } from '../src/options/table.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const RULES = { exposeModes: ['environment', 'profile'] } as const;

type Values = Partial<Record<OptionKey, string | string[]>>;

function rawOptions(values: Values): RawOptions {
  return mapOptions((key) => ({ name: key.toUpperCase(), value: values[key] }));
}

const parse = (values: Values) => parseOptions(rawOptions({ roleArn: ROLE, region: 'eu-west-1', ...values }), RULES);

function problemsOf(values: Values): string[] {
  try {
    parse(values);
  } catch (error) {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'InvalidOptions');
    return (error.details.problems ?? []).map(({ option, message }) => `${option} ${message}`);
  }
  return [];
}

describe('options', () => {
  it('sends a session policy as it was written, but for the space between', () => {
    const policy = '{ "Statement": [],\n\t"Statement" : [{"Sid": "a \\" b,  c", "Effect":"Deny"}] }\n';
    const minified = '{"Statement":[],"Statement":[{"Sid":"a \\" b,  c","Effect":"Deny"}]}';
    assert.equal(parse({ sessionPolicy: policy }).sessionPolicy, minified);
  });

  it('has defaults for all but role and region', () => {
    const options = parse({});
    assert.deepEqual(options.roles, [
      {
        role: { arn: ROLE, partition: 'aws', accountId: '123456789012', path: '/', name: 'deploy' },
        profile: undefined,
      },
    ]);
    assert.equal(options.durationSeconds, 3600);
    assert.equal(options.expose, 'environment');
    assert.equal(options.timeoutSeconds, 60);
    assert.equal(options.maxAttempts, 5);
    assert.deepEqual(options.endpoints, [{ region: 'eu-west-1', url: 'https://sts.eu-west-1.amazonaws.com' }]);
  });

  it('reports what the adapter found wrong with all else', () => {
    const rules = { ...RULES, problems: [{ option: 'OUTPUT', message: 'is wrong' }] };
    assert.throws(() => parseOptions(rawOptions({ region: 'eu-west-1' }), rules), {
      code: 'InvalidOptions',
      message: /^OUTPUT is wrong\nROLEARN is required/,
    });
  });

  it('takes an empty value for none', () => {
    assert.deepEqual(parse({ sessionName: '  ', timeoutSeconds: '', chainRoleArns: ['', ' '] }), parse({}));
  });

  for (const [key, value] of [
    ['durationSeconds', ''],
    ['sessionPolicy', ' '],
    ['sessionPolicyArns', ['', ' ']],
    ['sessionPolicyArns', []],
    ['allowedAccountIds', '\n'],
  ] as const) {
    it(`refuses the limit ${key} when it is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(problemsOf({ [key]: value }), [
        `${key.toUpperCase()} would limit nothing: set it, or remove it. It is empty: if it refers to a variable, that variable is not defined where this runs`,
      ]);
    });
  }

  it('knows the STS endpoint of each partition', () => {
    const urlOf = (region: string, partition: string) =>
      parse({ region, roleArn: `arn:${partition}:iam::123456789012:role/deploy` }).endpoints[0]?.url;
    assert.equal(urlOf('cn-north-1', 'aws-cn'), 'https://sts.cn-north-1.amazonaws.com.cn');
    assert.equal(urlOf('us-gov-west-1', 'aws-us-gov'), 'https://sts.us-gov-west-1.amazonaws.com');
    assert.equal(urlOf('eusc-de-east-1', 'aws-eusc'), 'https://sts.eusc-de-east-1.amazonaws.eu');
  });

  it('accepts http for this machine alone', () => {
    assert.equal(parse({ stsEndpoint: 'http://127.0.0.1:4566' }).endpoints[0]?.url, 'http://127.0.0.1:4566');
    assert.equal(parse({ stsEndpoint: 'http://localhost:1' }).endpoints[0]?.url, 'http://localhost:1');
    assert.equal(problemsOf({ stsEndpoint: 'http://sts.example.com' }).length, 1);
    assert.equal(problemsOf({ stsEndpoint: 'http://127.0.0.1.example.com' }).length, 1);
  });

  it('reads lists from text of lines or commas, and from lists', () => {
    const arns = ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/mine'];
    assert.deepEqual(parse({ sessionPolicyArns: arns.join('\n') }).sessionPolicyArns, arns);
    assert.deepEqual(parse({ sessionPolicyArns: arns.join(', ') }).sessionPolicyArns, arns);
    assert.deepEqual(parse({ sessionPolicyArns: arns }).sessionPolicyArns, arns);
  });

  it('takes a region of a family that is not known where its endpoint is given', () => {
    const { region, endpoints } = parse({ region: 'xx-new-1', stsEndpoint: 'https://sts.xx-new-1.amazonaws.xx' });
    assert.equal(region, 'xx-new-1');
    assert.deepEqual(endpoints, [{ region: 'xx-new-1', url: 'https://sts.xx-new-1.amazonaws.xx' }]);
  });

  it('asks the variant of each endpoint that is wanted, but not of one that is given', () => {
    const urls = (values: Values) =>
      parseOptions(rawOptions({ roleArn: ROLE, region: 'eu-west-1', ...values }), {
        ...RULES,
        endpointVariant: { isFips: true, isDualStack: true },
      }).endpoints.map(({ url }) => url);
    assert.deepEqual(urls({ stsFallbackRegions: 'eu-north-1' }), [
      'https://sts-fips.eu-west-1.api.aws',
      'https://sts-fips.eu-north-1.api.aws',
    ]);
    assert.deepEqual(urls({ stsEndpoint: 'https://vpce-1.example.com' }), ['https://vpce-1.example.com']);
  });

  it('makes several roles into profiles', () => {
    const options = parse({ roleArn: '', roles: `dev=${ROLE}\nprod=arn:aws:iam::210987654321:role/x` });
    assert.deepEqual(
      options.roles.map(({ profile, role }) => [profile, role.accountId]),
      [
        ['dev', '123456789012'],
        ['prod', '210987654321'],
      ],
    );
    assert.equal(options.expose, 'profile');
    assert.equal(parse({ roleArn: '', roles: `dev=${ROLE}`, expose: 'profile' }).expose, 'profile');
  });

  it('asks each region once, that of the deployment first', () => {
    const { endpoints } = parse({ stsFallbackRegions: 'eu-north-1,eu-west-1' });
    assert.deepEqual(endpoints, [
      { region: 'eu-west-1', url: 'https://sts.eu-west-1.amazonaws.com' },
      { region: 'eu-north-1', url: 'https://sts.eu-north-1.amazonaws.com' },
    ]);
  });

  it('takes session policies up to the limits of STS', () => {
    const arn = 'arn:aws:iam::aws:policy/';
    const ten = Array.from({ length: 10 }, (_, at) => `${arn}${at}`);
    assert.equal(parse({ sessionPolicyArns: ten }).sessionPolicyArns.length, 10);
    const most = [900, 900, 2048 - 1800 - 3 * arn.length].map((length) => arn + 'x'.repeat(length));
    assert.equal(most.join('').length, 2048);
    assert.equal(parse({ sessionPolicyArns: most }).sessionPolicyArns.length, 3);
  });

  it('reads the tags of a chain', () => {
    const chained = { chainRoleArns: 'arn:aws:iam::210987654321:role/next' };
    assert.deepEqual(parse({ ...chained, chainSessionTags: 'run, Team=web' }).chainTags, {
      run: true,
      own: { Team: 'web' },
    });
    assert.deepEqual(parse({ ...chained, chainSessionTags: 'run, r=1' }).chainTags, { run: true, own: { r: '1' } });
    assert.deepEqual(parse({ chainSessionTags: 'false' }).chainTags, { run: false, own: {} });
  });

  const policy = JSON.stringify({ Statement: [] });
  const wrong: { name: string; values: Values; expected: string[] }[] = [
    {
      name: 'missing role',
      values: { roleArn: '' },
      expected: [
        'ROLEARN is required: the ARN of the role to assume, e.g. arn:aws:iam::123456789012:role/deploy. It is empty: if it refers to a variable, that variable is not defined where this runs',
      ],
    },
    {
      name: 'missing region',
      values: { region: '' },
      expected: [
        'REGION is required: the region of your deployment, e.g. eu-west-1. It is empty: if it refers to a variable, that variable is not defined where this runs',
      ],
    },
    {
      name: 'malformed role',
      values: { roleArn: 'deploy' },
      expected: ['ROLEARN is "deploy", not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>)'],
    },
    {
      name: 'user in place of a role',
      values: { roleArn: 'arn:aws:iam::123456789012:user/deploy' },
      expected: [
        'ROLEARN is "arn:aws:iam::123456789012:user/deploy", not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>)',
      ],
    },
    {
      name: 'unknown region',
      values: { region: 'europe' },
      expected: ['REGION is "europe", not the name of an AWS region (e.g. eu-west-1)'],
    },
    {
      name: 'region of a family that is not known',
      values: { region: 'xx-new-1' },
      expected: [
        'REGION is xx-new-1: this version does not know the region family "xx". If AWS has this region, set STSENDPOINT to the address of its STS',
      ],
    },
    {
      name: 'fallback region of a family that is not known',
      values: { stsFallbackRegions: 'eu-north-1,uk-gov-west-1' },
      expected: ['STSFALLBACKREGIONS has uk-gov-west-1: this version does not know the region family "uk-gov"'],
    },
    {
      name: 'region of another partition',
      values: { region: 'cn-north-1' },
      expected: [
        'REGION cn-north-1 lies in partition aws-cn, but the role of ROLEARN in aws; use a region such as eu-west-1',
      ],
    },
    {
      name: 'undefined variables in each form',
      values: { roleArn: '$ROLE', region: '${REGION}', sessionName: '$(NAME)' },
      expected: [
        'REGION is ${REGION}: the variable is not defined where this runs',
        'ROLEARN is $ROLE: the variable is not defined where this runs',
        'SESSIONNAME is $(NAME): the variable is not defined where this runs',
      ],
    },
    {
      name: 'undefined variable inside a value',
      values: { roleArn: 'arn:aws:iam::$ACCOUNT:role/deploy' },
      expected: [
        'ROLEARN is "arn:aws:iam::$ACCOUNT:role/deploy", not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>); the variable $ACCOUNT in it is not defined where this runs',
      ],
    },
    {
      name: 'session name with illegal characters',
      values: { sessionName: 'a b' },
      expected: [
        'SESSIONNAME is "a b", not a role session name: 2 to 64 letters, digits, and _ + = , . @ - (a limit of AWS STS)',
      ],
    },
    {
      name: 'duration out of range',
      values: { durationSeconds: '60' },
      expected: ['DURATIONSECONDS is "60", not a whole number of seconds from 900 to 43200'],
    },
    {
      name: 'duration that is no number',
      values: { durationSeconds: '1h' },
      expected: ['DURATIONSECONDS is "1h", not a whole number of seconds from 900 to 43200'],
    },
    {
      name: 'long session of a chained role',
      values: { durationSeconds: '7200', chainRoleArns: ROLE },
      expected: ['DURATIONSECONDS is 7200, but a session of a chained role (CHAINROLEARNS) lasts at most 3600 seconds'],
    },
    {
      name: 'account id that is none',
      values: { allowedAccountIds: '123' },
      expected: ['ALLOWEDACCOUNTIDS is "123", not an AWS account id (12 digits)'],
    },
    {
      name: 'unknown mode',
      values: { expose: 'output' },
      expected: ['EXPOSE is "output", not one of environment, profile'],
    },
    {
      name: 'prefix that begins with a digit',
      values: { variablePrefix: '1X' },
      expected: [
        'VARIABLEPREFIX is "1X", not a prefix of variable names: letters, digits and _, not beginning with a digit',
      ],
    },
    {
      name: 'wrong boolean',
      values: { maskAccountId: 'yes' },
      expected: ['MASKACCOUNTID is "yes", neither true nor false'],
    },
    {
      name: 'role and roles',
      values: { roles: `a=${ROLE}` },
      expected: ['ROLES cannot be used together with ROLEARN'],
    },
    {
      name: 'external id without a chain',
      values: { chainExternalId: 'x1' },
      expected: ['CHAINEXTERNALID has no effect without CHAINROLEARNS'],
    },
    {
      name: 'a profile that the SDK for JavaScript could not find',
      values: { expose: 'profile', profile: '__proto__' },
      expected: ['PROFILE is "__proto__", not a profile name: letters, digits, and . _ @ + - up to 64'],
    },
    {
      name: 'a list of nothing',
      values: { allowedAccountIds: ' , ' },
      expected: ['ALLOWEDACCOUNTIDS is a list without an item'],
    },
    {
      name: 'a tag named twice, whatever the case',
      values: { chainRoleArns: ROLE, chainSessionTags: 'Team=a\nteam=b' },
      expected: ['CHAINSESSIONTAGS names the tag team twice'],
    },
    {
      name: 'once that role and chain lie in another partition than the region',
      values: { region: 'cn-north-1', chainRoleArns: ROLE },
      expected: [
        'REGION cn-north-1 lies in partition aws-cn, but the role of ROLEARN in aws; use a region such as eu-west-1',
      ],
    },
    {
      name: 'a role of a partition that nobody knows',
      values: { roleArn: 'arn:aws-moon:iam::123456789012:role/deploy' },
      expected: [
        'REGION eu-west-1 lies in partition aws, but the role of ROLEARN in aws-moon; no region of that is known here',
      ],
    },
    {
      name: 'a role of an isolated partition',
      values: { roleArn: 'arn:aws-iso-b:iam::123456789012:role/deploy' },
      expected: [
        'REGION eu-west-1 lies in partition aws, but the role of ROLEARN in aws-iso-b; use a region such as us-isob-east-1',
      ],
    },
    {
      name: 'session policy that is no JSON',
      values: { sessionPolicy: '{' },
      expected: ['SESSIONPOLICY is not valid JSON, see character 2'],
    },
    {
      name: 'session policies over the limit',
      values: { sessionPolicy: policy, sessionPolicyArns: `arn:aws:iam::aws:policy/${'x'.repeat(990)},`.repeat(3) },
      expected: [
        `SESSIONPOLICY inline and managed session policies have ${policy.length + 3 * 1014} characters together, AWS STS takes at most 2048`,
      ],
    },
    {
      name: 'token in the clear',
      values: { stsEndpoint: 'http://sts.eu-west-1.amazonaws.com' },
      expected: [
        'STSENDPOINT is "http://sts.eu-west-1.amazonaws.com", which is not https: the secret would travel in clear text (http is accepted only for 127.0.0.1, [::1] and localhost)',
      ],
    },
    {
      name: 'fallback region of another partition',
      values: { stsFallbackRegions: 'cn-north-1' },
      expected: ['STSFALLBACKREGIONS cn-north-1 lies in another partition than eu-west-1'],
    },
    {
      name: 'profiles named twice over',
      values: { roleArn: '', roles: `a=${ROLE},a=${ROLE}`, profile: 'b', expose: 'environment' },
      expected: [
        'ROLES needs EXPOSE to be profile: each role becomes one profile',
        'PROFILE cannot be used together with ROLES, which names its own',
        'ROLES names the profile a twice',
      ],
    },
    {
      name: 'profile with signs that files of profiles do not take',
      values: { expose: 'profile', profile: 'my [profile]' },
      expected: ['PROFILE is "my [profile]", not a profile name: letters, digits, and . _ @ + - up to 64'],
    },
    {
      name: 'roles that are none',
      values: { roleArn: '', roles: `=x,a,b=${ROLE}` },
      expected: [
        'ROLES is "=x", not of the form <profile>=<role ARN>',
        'ROLES is "a", not of the form <profile>=<role ARN>',
      ],
    },
    {
      name: 'roles of another partition than the region',
      values: { roleArn: '', roles: 'a=arn:aws-cn:iam::123456789012:role/deploy' },
      expected: [
        'REGION eu-west-1 lies in partition aws, but the role of ROLES in aws-cn; use a region such as cn-north-1',
      ],
    },
    {
      name: 'endpoint and fallback regions',
      values: { stsEndpoint: 'https://sts.example.com', stsFallbackRegions: 'eu-central-1' },
      expected: ['STSFALLBACKREGIONS cannot be used together with STSENDPOINT'],
    },
    {
      name: 'fallback regions without a region to fall back from',
      values: { region: '', stsFallbackRegions: 'eu-central-1' },
      expected: [
        'REGION is required: the region of your deployment, e.g. eu-west-1. It is empty: if it refers to a variable, that variable is not defined where this runs',
      ],
    },
    {
      name: 'endpoint that is no address',
      values: { stsEndpoint: 'sts' },
      expected: ['STSENDPOINT is "sts", which is not a URL like https://host/path'],
    },
    {
      name: 'endpoint with more than an address',
      values: { stsEndpoint: 'https://sts.example.com/?a=b' },
      expected: ['STSENDPOINT is "https://sts.example.com/?a=b", which has a query or a fragment'],
    },
    {
      name: 'tags without a chain',
      values: { chainSessionTags: 'run' },
      expected: ['CHAINSESSIONTAGS has no effect without CHAINROLEARNS'],
    },
    {
      name: 'session policy that is no document',
      values: { sessionPolicy: '[]' },
      expected: ['SESSIONPOLICY is not a policy document: a JSON object with a Statement'],
    },
    {
      name: 'session policy that ends too soon',
      values: { sessionPolicy: '{"Statement":' },
      expected: ['SESSIONPOLICY is not valid JSON'],
    },
    {
      name: 'session policy with a sign that STS does not take',
      values: { sessionPolicy: '{"Statement":[],"Id":"€"}' },
      expected: ['SESSIONPOLICY holds the character "€", which AWS STS does not take in a session policy'],
    },
    {
      name: 'managed policies over the limits',
      values: { sessionPolicyArns: `arn:aws:iam::aws:policy/${'x'.repeat(200)},`.repeat(11) },
      expected: [
        'SESSIONPOLICYARNS has 11 ARNs, AWS STS takes at most 10',
        'SESSIONPOLICYARNS inline and managed session policies have 2464 characters together, AWS STS takes at most 2048',
      ],
    },
    {
      name: 'managed policy, external id and tag that are none',
      values: {
        chainRoleArns: ROLE,
        sessionPolicyArns: 'ReadOnlyAccess',
        chainExternalId: 'a b',
        chainSessionTags: 'Key',
      },
      expected: [
        'SESSIONPOLICYARNS is "ReadOnlyAccess", not the ARN of a managed policy (arn:aws:iam::aws:policy/ReadOnlyAccess)',
        'CHAINEXTERNALID is not an external id: 2 to 1224 letters, digits, and _ + = , . @ : / -',
        'CHAINSESSIONTAGS is "Key", not a session tag: write run for the tags of the run, or Key=Value',
      ],
    },
    {
      name: 'limits that are none',
      values: { timeoutSeconds: '0', maxAttempts: '51' },
      expected: [
        'TIMEOUTSECONDS is "0", not a whole number of seconds from 1 to 3600',
        'MAXATTEMPTS is "51", not a whole number of attempts from 1 to 50',
      ],
    },
    {
      name: 'missing region alone, not what would be compared with it',
      values: { region: '', stsFallbackRegions: 'eu-north-1' },
      expected: [
        'REGION is required: the region of your deployment, e.g. eu-west-1. It is empty: if it refers to a variable, that variable is not defined where this runs',
      ],
    },
    {
      name: 'everything at once',
      values: { roleArn: 'x', region: 'y', durationSeconds: '1' },
      expected: [
        'REGION is "y", not the name of an AWS region (e.g. eu-west-1)',
        'ROLEARN is "x", not the ARN of an IAM role (arn:aws:iam::<12 digits>:role/<name>)',
        'DURATIONSECONDS is "1", not a whole number of seconds from 900 to 43200',
      ],
    },
  ];
  for (const { name, values, expected } of wrong) {
    it(`names ${name}`, () => assert.deepEqual(problemsOf(values), expected));
  }
});
