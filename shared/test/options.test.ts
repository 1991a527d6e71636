import assert from 'node:assert/strict';
import { assertWording, problemText } from '../../test/messages/wording.ts';
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
    return (error.details.problems ?? []).map(problemText);
  }
  return [];
}

describe('options', () => {
  it('send a session policy unchanged, except for white space', () => {
    const policy = '{ "Statement": [],\n\t"Statement" : [{"Sid": "a \\" b,  c", "Effect":"Deny"}] }\n';
    const minified = '{"Statement":[],"Statement":[{"Sid":"a \\" b,  c","Effect":"Deny"}]}';
    assert.equal(parse({ sessionPolicy: policy }).sessionPolicy, minified);
  });

  it('have defaults for all except role and region', () => {
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

  it("report the adapter's problems with all others", () => {
    const rules = { ...RULES, problems: [{ option: 'OUTPUT', message: 'is wrong' }] };
    assert.throws(() => parseOptions(rawOptions({ region: 'eu-west-1' }), rules), {
      code: 'InvalidOptions',
      message: /^OUTPUT is wrong\nROLEARN is missing/,
    });
  });

  it('treat an empty value as missing', () => {
    assert.deepEqual(parse({ sessionName: '  ', timeoutSeconds: '', chainRoleArns: ['', ' '] }), parse({}));
  });

  for (const [key, value] of [
    ['durationSeconds', ''],
    ['sessionPolicy', ' '],
    ['sessionPolicyArns', ['', ' ']],
    ['sessionPolicyArns', []],
    ['allowedAccountIds', '\n'],
  ] as const) {
    it(`refuse the limit ${key} if it is ${JSON.stringify(value)}`, () => {
      const situation = `the limit ${key} is ${JSON.stringify(value)}`;
      assertWording('Wrong options, in the spelling of any CI system', situation, problemsOf({ [key]: value }));
    });
  }

  it('know the STS endpoint of each partition', () => {
    const urlOf = (region: string, partition: string) =>
      parse({ region, roleArn: `arn:${partition}:iam::123456789012:role/deploy` }).endpoints[0]?.url;
    assert.equal(urlOf('cn-north-1', 'aws-cn'), 'https://sts.cn-north-1.amazonaws.com.cn');
    assert.equal(urlOf('us-gov-west-1', 'aws-us-gov'), 'https://sts.us-gov-west-1.amazonaws.com');
    assert.equal(urlOf('eusc-de-east-1', 'aws-eusc'), 'https://sts.eusc-de-east-1.amazonaws.eu');
  });

  it('accept http only for this machine', () => {
    assert.equal(parse({ stsEndpoint: 'http://127.0.0.1:4566' }).endpoints[0]?.url, 'http://127.0.0.1:4566');
    assert.equal(parse({ stsEndpoint: 'http://localhost:1' }).endpoints[0]?.url, 'http://localhost:1');
    assert.equal(problemsOf({ stsEndpoint: 'http://sts.example.com' }).length, 1);
    assert.equal(problemsOf({ stsEndpoint: 'http://127.0.0.1.example.com' }).length, 1);
  });

  it('read lists from text with lines or commas, and from lists', () => {
    const arns = ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/mine'];
    assert.deepEqual(parse({ sessionPolicyArns: arns.join('\n') }).sessionPolicyArns, arns);
    assert.deepEqual(parse({ sessionPolicyArns: arns.join(', ') }).sessionPolicyArns, arns);
    assert.deepEqual(parse({ sessionPolicyArns: arns }).sessionPolicyArns, arns);
  });

  it('accept a region of an unknown family if its endpoint is given', () => {
    const { region, endpoints } = parse({ region: 'xx-new-1', stsEndpoint: 'https://sts.xx-new-1.amazonaws.xx' });
    assert.equal(region, 'xx-new-1');
    assert.deepEqual(endpoints, [{ region: 'xx-new-1', url: 'https://sts.xx-new-1.amazonaws.xx' }]);
  });

  it('use the requested variant of each endpoint, but not of an explicit one', () => {
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

  it('turn several roles into profiles', () => {
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

  it('use each region once, that of the deployment first', () => {
    const { endpoints } = parse({ stsFallbackRegions: 'eu-north-1,eu-west-1' });
    assert.deepEqual(endpoints, [
      { region: 'eu-west-1', url: 'https://sts.eu-west-1.amazonaws.com' },
      { region: 'eu-north-1', url: 'https://sts.eu-north-1.amazonaws.com' },
    ]);
  });

  it('accept session policies up to the limits of STS', () => {
    const arn = 'arn:aws:iam::aws:policy/';
    const ten = Array.from({ length: 10 }, (_, index) => `${arn}${index}`);
    assert.equal(parse({ sessionPolicyArns: ten }).sessionPolicyArns.length, 10);
    const most = [900, 900, 2048 - 1800 - 3 * arn.length].map((length) => arn + 'x'.repeat(length));
    assert.equal(most.join('').length, 2048);
    assert.equal(parse({ sessionPolicyArns: most }).sessionPolicyArns.length, 3);
  });

  it('read the tags of a chain', () => {
    const chained = { chainRoleArns: 'arn:aws:iam::210987654321:role/next' };
    assert.deepEqual(parse({ ...chained, chainSessionTags: 'run, Team=web' }).chainTags, {
      run: true,
      own: { Team: 'web' },
    });
    assert.deepEqual(parse({ ...chained, chainSessionTags: 'run, r=1' }).chainTags, { run: true, own: { r: '1' } });
    assert.deepEqual(parse({ chainSessionTags: 'false' }).chainTags, { run: false, own: {} });
  });

  const policy = JSON.stringify({ Statement: [] });
  const wrong: { name: string; values: Values }[] = [
    {
      name: 'missing role',
      values: { roleArn: '' },
    },
    {
      name: 'missing region',
      values: { region: '' },
    },
    {
      name: 'malformed role',
      values: { roleArn: 'deploy' },
    },
    {
      name: 'user in place of a role',
      values: { roleArn: 'arn:aws:iam::123456789012:user/deploy' },
    },
    {
      name: 'unknown region',
      values: { region: 'europe' },
    },
    {
      name: 'region of a family that is not known',
      values: { region: 'xx-new-1' },
    },
    {
      name: 'fallback region of a family that is not known',
      values: { stsFallbackRegions: 'eu-north-1,uk-gov-west-1' },
    },
    {
      name: 'region of another partition',
      values: { region: 'cn-north-1' },
    },
    {
      name: 'undefined variables in each form',
      values: { roleArn: '$ROLE', region: '${REGION}', sessionName: '$(NAME)' },
    },
    {
      name: 'undefined variable inside a value',
      values: { roleArn: 'arn:aws:iam::$ACCOUNT:role/deploy' },
    },
    {
      name: 'session name with illegal characters',
      values: { sessionName: 'a b' },
    },
    {
      name: 'duration out of range',
      values: { durationSeconds: '60' },
    },
    {
      name: 'duration that is no number',
      values: { durationSeconds: '1h' },
    },
    {
      name: 'long session of a chained role',
      values: { durationSeconds: '7200', chainRoleArns: ROLE },
    },
    {
      name: 'account id that is none',
      values: { allowedAccountIds: '123' },
    },
    {
      name: 'unknown mode',
      values: { expose: 'output' },
    },
    {
      name: 'prefix that begins with a digit',
      values: { variablePrefix: '1X' },
    },
    {
      name: 'wrong boolean',
      values: { maskAccountId: 'yes' },
    },
    {
      name: 'role and roles',
      values: { roles: `a=${ROLE}` },
    },
    {
      name: 'external id without a chain',
      values: { chainExternalId: 'x1' },
    },
    {
      name: 'a profile that the SDK for JavaScript could not find',
      values: { expose: 'profile', profile: '__proto__' },
    },
    {
      name: 'a list of nothing',
      values: { allowedAccountIds: ' , ' },
    },
    {
      name: 'a tag named twice, whatever the case',
      values: { chainRoleArns: ROLE, chainSessionTags: 'Team=a\nteam=b' },
    },
    {
      name: 'once that role and chain lie in another partition than the region',
      values: { region: 'cn-north-1', chainRoleArns: ROLE },
    },
    {
      name: 'a role of a partition that nobody knows',
      values: { roleArn: 'arn:aws-moon:iam::123456789012:role/deploy' },
    },
    {
      name: 'a role of an isolated partition',
      values: { roleArn: 'arn:aws-iso-b:iam::123456789012:role/deploy' },
    },
    {
      name: 'session policy that is no JSON',
      values: { sessionPolicy: '{' },
    },
    {
      name: 'session policies over the limit',
      values: { sessionPolicy: policy, sessionPolicyArns: `arn:aws:iam::aws:policy/${'x'.repeat(990)},`.repeat(3) },
    },
    {
      name: 'token in the clear',
      values: { stsEndpoint: 'http://sts.eu-west-1.amazonaws.com' },
    },
    {
      name: 'fallback region of another partition',
      values: { stsFallbackRegions: 'cn-north-1' },
    },
    {
      name: 'profiles named twice over',
      values: { roleArn: '', roles: `a=${ROLE},a=${ROLE}`, profile: 'b', expose: 'environment' },
    },
    {
      name: 'profile with signs that files of profiles do not take',
      values: { expose: 'profile', profile: 'my [profile]' },
    },
    {
      name: 'roles that are none',
      values: { roleArn: '', roles: `=x,a,b=${ROLE}` },
    },
    {
      name: 'roles of another partition than the region',
      values: { roleArn: '', roles: 'a=arn:aws-cn:iam::123456789012:role/deploy' },
    },
    {
      name: 'endpoint and fallback regions',
      values: { stsEndpoint: 'https://sts.example.com', stsFallbackRegions: 'eu-central-1' },
    },
    {
      name: 'fallback regions without a region to fall back from',
      values: { region: '', stsFallbackRegions: 'eu-central-1' },
    },
    {
      name: 'endpoint that is no address',
      values: { stsEndpoint: 'sts' },
    },
    {
      name: 'endpoint with more than an address',
      values: { stsEndpoint: 'https://sts.example.com/?a=b' },
    },
    {
      name: 'tags without a chain',
      values: { chainSessionTags: 'run' },
    },
    {
      name: 'session policy that is no document',
      values: { sessionPolicy: '[]' },
    },
    {
      name: 'session policy that ends too soon',
      values: { sessionPolicy: '{"Statement":' },
    },
    {
      name: 'session policy with a sign that STS does not take',
      values: { sessionPolicy: '{"Statement":[],"Id":"€"}' },
    },
    {
      name: 'managed policies over the limits',
      values: { sessionPolicyArns: `arn:aws:iam::aws:policy/${'x'.repeat(200)},`.repeat(11) },
    },
    {
      name: 'managed policy, external id and tag that are none',
      values: {
        chainRoleArns: ROLE,
        sessionPolicyArns: 'ReadOnlyAccess',
        chainExternalId: 'a b',
        chainSessionTags: 'Key',
      },
    },
    {
      name: 'limits that are none',
      values: { timeoutSeconds: '0', maxAttempts: '51' },
    },
    {
      name: 'missing region alone, not what would be compared with it',
      values: { region: '', stsFallbackRegions: 'eu-north-1' },
    },
    {
      name: 'everything at once',
      values: { roleArn: 'x', region: 'y', durationSeconds: '1' },
    },
  ];
  for (const { name, values } of wrong) {
    it(`name ${name}`, () =>
      assertWording('Wrong options, in the spelling of any CI system', name, problemsOf(values)));
  }
});
