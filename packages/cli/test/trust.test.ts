import assert from 'node:assert/strict';
import { BITBUCKET, bitbucketStep, ROLE, runCli, TRUST_POLICY, tokenText } from './support.ts';

const SUB = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:sub';
const [STATEMENT] = TRUST_POLICY.Statement;
/** A policy whose StringEquals treats the wildcard literally. */
const WRONG_POLICY = {
  ...TRUST_POLICY,
  Statement: [
    {
      ...STATEMENT,
      Condition: { StringEquals: { ...STATEMENT?.Condition.StringEquals, ...STATEMENT?.Condition.StringLike } },
    },
  ],
};
const lowerCase = (text: string) => text.toLowerCase();
const files = {
  'good.json': JSON.stringify(TRUST_POLICY),
  'wrong.json': JSON.stringify(WRONG_POLICY),
  'role.json': JSON.stringify({ Role: { Arn: ROLE, AssumeRolePolicyDocument: TRUST_POLICY } }),
  'encoded-role.json': JSON.stringify({
    Role: { Arn: ROLE, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(TRUST_POLICY)) },
  }),
  // Form that some tools write.
  'lower-case-role.json': JSON.stringify({
    Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(TRUST_POLICY)).replace(/%../g, lowerCase) },
  }),
  'wrongly-encoded-role.json': JSON.stringify({ Role: { AssumeRolePolicyDocument: '%7B%' } }),
  'broken.json': '{"Statement": [',
  'claims.json': JSON.stringify(BITBUCKET),
  'token.txt': tokenText(),
  'inspected.json': JSON.stringify({ ciSystem: 'x', claims: BITBUCKET }),
  'other-repository.json': JSON.stringify({ ...BITBUCKET, sub: BITBUCKET.sub.replace('b5c1', 'ffff') }),
};

describe('trust evaluate', () => {
  for (const policy of ['good.json', 'role.json', 'encoded-role.json', 'lower-case-role.json']) {
    for (const claims of ['claims.json', 'token.txt', 'inspected.json']) {
      it(`admits the token of ${claims} by ${policy}`, async () => {
        const { status, stdout } = await runCli(
          ['trust', 'evaluate', '--policy', policy, '--claims', claims, '--json'],
          {
            files,
          },
        );
        assert.equal(status, 0);
        const { decision, trace } = JSON.parse(stdout);
        assert.equal(decision, 'allow');
        assert.equal(trace[0].matched, true);
      });
    }
  }

  it('denies with status 1 and a trace of what failed', async () => {
    const { status, stdout } = await runCli(
      ['trust', 'evaluate', '--policy', 'good.json', '--claims', 'other-repository.json', '--role-arn', ROLE, '--json'],
      { files },
    );
    assert.equal(status, 1);
    const { decision, trace } = JSON.parse(stdout);
    assert.equal(decision, 'deny');
    const failed = trace[0].conditions.filter(({ matched }: { matched: boolean }) => !matched);
    assert.deepEqual(
      failed.map(({ key }: { key: string }) => key),
      [SUB],
    );
  });

  it('denies by a policy that IAM would refuse', async () => {
    const { status, stdout } = await runCli(
      ['trust', 'evaluate', '--policy', 'broken.json', '--claims', 'claims.json', '--json'],
      { files },
    );
    assert.equal(status, 1);
    const { decision, trace, note } = JSON.parse(stdout);
    assert.deepEqual([decision, trace], ['deny', []]);
    assert.match(note, /IAM would refuse this policy/);
  });

  it("considers only the role's own account", async () => {
    const { status } = await runCli(
      [
        'trust',
        'evaluate',
        '--policy',
        'good.json',
        '--claims',
        'claims.json',
        '--role-arn',
        ROLE.replace('1234', '9999'),
      ],
      { files },
    );
    assert.equal(status, 1);
  });

  it('uses condition keys that are not in the token', async () => {
    const limited = {
      ...STATEMENT,
      Condition: { ...STATEMENT?.Condition, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    };
    const policy = JSON.stringify({ ...TRUST_POLICY, Statement: [limited] });
    const evaluate = (...context: string[]) =>
      runCli(['trust', 'evaluate', '--policy', '-', '--claims', 'claims.json', ...context], { files, stdin: policy });
    assert.equal((await evaluate('--context', 'aws:SourceIp=203.0.113.7')).status, 0);
    assert.equal((await evaluate('--context', 'aws:SourceIp=198.51.100.7')).status, 1);
    assert.equal((await evaluate()).status, 1);
    assert.equal((await evaluate('--context', 'nonsense')).status, 2);
    assert.match(
      (await evaluate()).stdout,
      /✖ IpAddress aws:SourceIp\n +expected: 203\.0\.113\.0\/24\n +observed: \(not known\)\n +aws:SourceIp is in every request, and not known here\n/,
    );
  });

  it('assumes a request made now over TLS by default', async () => {
    const evaluate = async (statements: readonly object[], ...context: string[]) => {
      const stdin = JSON.stringify({ ...TRUST_POLICY, Statement: statements });
      return (
        await runCli(['trust', 'evaluate', '--policy', '-', '--claims', 'claims.json', ...context], { files, stdin })
      ).status;
    };
    const deny = { Effect: 'Deny', Principal: '*', Action: 'sts:*' };
    const old = { ...deny, Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } };
    const epoch = { ...deny, Condition: { NumericGreaterThan: { 'aws:EpochTime': '1577836800' } } };
    const plainHttp = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    assert.equal(await evaluate([STATEMENT ?? {}, old]), 1);
    assert.equal(await evaluate([STATEMENT ?? {}, old], '--context', 'AWS:currenttime=2019-12-31T00:00:00Z'), 0);
    assert.equal(await evaluate([STATEMENT ?? {}, epoch]), 1);
    assert.equal(await evaluate([STATEMENT ?? {}, epoch], '--context', 'aws:EpochTime=1577836799'), 0);
    assert.equal(await evaluate([STATEMENT ?? {}, plainHttp]), 0);
    assert.equal(await evaluate([STATEMENT ?? {}, plainHttp], '--context', 'aws:SecureTransport=false'), 1);
  });

  it('prints the trace for people', async () => {
    const { stdout } = await runCli(['trust', 'evaluate', '--policy', 'wrong.json', '--claims', 'claims.json'], {
      files,
    });
    assert.match(stdout, /^deny \(implicit-deny\)$/m);
    assert.match(stdout, /✖ StringEquals .*:sub\n +expected: \{b5c1[^\n]*:\*\n +observed: \{b5c1/);
  });

  for (const args of [
    ['--policy', 'good.json'],
    ['--claims', 'claims.json'],
    ['--policy', '-', '--claims', '-'],
  ]) {
    it(`refuses ${args.join(' ')}`, async () => {
      assert.equal((await runCli(['trust', 'evaluate', ...args], { files })).status, 2);
    });
  }
});

describe('--trust-policy-file', () => {
  const files = { 'policy.json': JSON.stringify(TRUST_POLICY), 'claims.json': JSON.stringify(BITBUCKET) };
  for (const command of [['trust', 'evaluate'], ['explain']]) {
    const args = [...command, '--claims', 'claims.json', '--json', '--trust-policy-file', 'policy.json'];

    it(`is another name of --policy in ${command.join(' ')}`, async () => {
      const { status, stdout } = await runCli(args, { files });
      const policy = args.map((arg) => (arg === '--trust-policy-file' ? '--policy' : arg));
      assert.equal(status, 0);
      assert.equal(stdout, (await runCli(policy, { files })).stdout);
    });

    it(`is refused together with --policy in ${command.join(' ')}`, async () => {
      const { status, stderr } = await runCli([...args, '--policy', 'policy.json'], { files });
      assert.equal(status, 2);
      assert.match(stderr, /--policy and --trust-policy-file are the same/);
    });
  }
});

describe('trust lint', () => {
  it('reports a policy with invalid encoding', async () => {
    const { status, stderr } = await runCli(['trust', 'lint', 'wrongly-encoded-role.json'], { files });
    assert.equal(status, 2);
    assert.match(stderr, /wrongly-encoded-role\.json contains a trust policy with invalid percent-encoding\./);
  });

  it('finds nothing in a good policy', async () => {
    const { status, stdout } = await runCli(['trust', 'lint', 'good.json', '--json'], { files });
    assert.equal(status, 0);
    assert.deepEqual(
      JSON.parse(stdout).findings.filter(({ severity }: { severity: string }) => severity === 'error'),
      [],
    );
  });

  it('reports an error with status 1, path and fix', async () => {
    const { status, stdout } = await runCli(['trust', 'lint', 'wrong.json', '--json'], { files });
    assert.equal(status, 1);
    const { findings } = JSON.parse(stdout);
    assert.deepEqual(Object.keys(findings[0]).toSorted(), [
      'fix',
      'id',
      'message',
      'patch',
      'path',
      'severity',
      'widens',
    ]);
    assert.ok(findings.some(({ id }: { id: string }) => id === 'equals-with-wildcard'));
    assert.match(
      (await runCli(['trust', 'lint', 'wrong.json'], { files })).stdout,
      /^error equals-with-wildcard at \/Statement/m,
    );
  });

  describe('with accepted findings', () => {
    const wide = JSON.stringify(TRUST_POLICY).replaceAll(/\{b5c1d0f2[^}]*\}:/g, '');
    const accepted = (entry: unknown) => ({
      'wide.json': wide,
      'wide.accepted.json': JSON.stringify({ accepted: [entry] }),
    });
    const entry = { id: 'subject-any', reason: 'A test account without data' };

    it('accepts them by flag, with the reason in the report', async () => {
      const args = ['trust', 'lint', 'wide.json'];
      const before = await runCli([...args, '--json'], { files: { 'wide.json': wide } });
      assert.deepEqual([before.status, JSON.parse(before.stdout).findings[0].id], [1, 'subject-any']);
      const after = await runCli([...args, '--accept', `subject-any=${entry.reason}`], {
        files: { 'wide.json': wide },
      });
      assert.equal(after.status, 0);
      assert.match(
        after.stdout,
        /^Nothing else found\.\naccepted subject-any at \/Statement.*: A test account without data\n$/,
      );
    });

    it('accepts them from the file next to the policy', async () => {
      const { status, stdout } = await runCli(['trust', 'lint', 'wide.json', '--json'], { files: accepted(entry) });
      assert.equal(status, 0);
      const printed = JSON.parse(stdout);
      assert.deepEqual(printed.findings, []);
      assert.deepEqual([printed.accepted[0].id, printed.accepted[0].reason], ['subject-any', entry.reason]);
    });

    it('counts a finding in another place than the accepted one', async () => {
      const files = accepted({ ...entry, path: '/Statement/7' });
      assert.equal((await runCli(['trust', 'lint', 'wide.json'], { files })).status, 1);
    });

    for (const [name, files, message] of [
      [
        'an unknown rule',
        accepted({ ...entry, id: 'subject-all' }),
        /wide\.accepted\.json accepts "subject-all", which is not a rule/,
      ],
      [
        'a policy that IAM refuses',
        accepted({ ...entry, id: 'policy-syntax' }),
        /"policy-syntax", which is not a rule that can/,
      ],
      ['no reason', accepted({ id: 'subject-any' }), /accepts "subject-any" without a reason/],
      ['an entry that is no object', accepted(7), /accepts "", which is not a rule/],
      ['no list', { 'wide.json': wide, 'wide.accepted.json': '{}' }, /has no list "accepted"/],
      ['no JSON', { 'wide.json': wide, 'wide.accepted.json': '{' }, /wide\.accepted\.json is not JSON/],
    ] as const) {
      it(`refuses ${name}`, async () => {
        const { status, stderr } = await runCli(['trust', 'lint', 'wide.json'], { files });
        assert.equal(status, 2);
        assert.match(stderr, message);
      });
    }

    it('refuses a flag without a reason', async () => {
      const { status } = await runCli(['trust', 'lint', '-', '--accept', 'subject-any'], { stdin: wide });
      assert.equal(status, 2);
    });
  });

  describe('with --fix', () => {
    const loose = JSON.stringify(TRUST_POLICY).replace('StringLike', 'ForAllValues:StringLike');

    it('prints the policy with the fixes that do not widen, and the rest separately', async () => {
      const { status, stdout, stderr } = await runCli(['trust', 'lint', 'loose.json', '--fix'], {
        files: { 'loose.json': loose },
      });
      assert.deepEqual([status, JSON.parse(stdout)], [0, TRUST_POLICY]);
      assert.match(
        stderr,
        /^Fixed for-all-values-in-allow: Change ".*" in "ForAllValues:StringLike" to ".*" in "StringLike"/,
      );
    });

    it('leaves fixes that would widen, and reports them with status 1', async () => {
      const { status, stdout, stderr } = await runCli(['trust', 'lint', 'wrong.json', '--fix'], { files });
      assert.equal(status, 1);
      assert.equal(JSON.stringify(JSON.parse(stdout)), JSON.stringify(JSON.parse(files['wrong.json'])));
      assert.match(
        stderr,
        /^error equals-with-wildcard at .*\n.*\n.*The policy then admits more than it does now\.\n/m,
      );
    });

    it('leaves accepted findings', async () => {
      const { stdout } = await runCli(['trust', 'lint', '-', '--fix', '--accept', 'for-all-values-in-allow=known'], {
        stdin: loose,
      });
      assert.deepEqual(JSON.parse(stdout), JSON.parse(loose));
    });

    it('prints nothing for a policy that IAM would refuse', async () => {
      const { status, stdout, stderr } = await runCli(['trust', 'lint', 'broken.json', '--fix'], { files });
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^error policy-syntax/);
    });

    it('refuses --json together with it', async () => {
      assert.equal((await runCli(['trust', 'lint', 'wrong.json', '--fix', '--json'], { files })).status, 2);
    });
  });

  it('reports a policy that IAM would refuse as a finding', async () => {
    const { status, stdout } = await runCli(['trust', 'lint', 'broken.json', '--json'], { files });
    assert.equal(status, 1);
    assert.equal(JSON.parse(stdout).findings[0].id, 'policy-syntax');
  });

  it('lints the policy for the role that `aws iam get-role` names', async () => {
    const role = JSON.stringify({
      Role: { Arn: ROLE.replace('1234', '9999'), AssumeRolePolicyDocument: TRUST_POLICY },
    });
    const { stdout } = await runCli(['trust', 'lint', '-', '--json'], { stdin: role });
    assert.ok(JSON.parse(stdout).findings.some(({ id }: { id: string }) => id === 'principal-other-account'));
  });
});

describe('policy files', () => {
  const lintOf = async (bytes: string | Buffer, ...more: string[]) => {
    const { status, stdout, stderr } = await runCli(['trust', 'lint', 'x.json', ...more], {
      files: { 'x.json': bytes },
    });
    return { status, text: `${stdout}${stderr}` };
  };
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(TRUST_POLICY), 'utf16le')]);

  it('are read as UTF-16 too, as Windows PowerShell writes them', async () => {
    assert.deepEqual(await lintOf(utf16), await lintOf(JSON.stringify(TRUST_POLICY)));
  });

  it('are refused in another encoding, by name', async () => {
    const { status, text } = await lintOf(Buffer.from('{\n"Id": "Zo\u00eb"}', 'latin1'));
    assert.equal(status, 2);
    assert.match(text, /x\.json cannot be read: line 2 has bytes that are not UTF-8; save it as UTF-8\./);
  });

  it('are reported with the place of a JSON error', async () => {
    const { status, text } = await lintOf('{\n  "Version": "2012-10-17",\n}');
    assert.equal(status, 1);
    assert.match(text, /it is not JSON\. Line 2, column 26: a comma before "}"\./);
  });

  it('are policies although they have a member "Role"', async () => {
    const open = { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } };
    const decoy = { ...open, Role: { AssumeRolePolicyDocument: TRUST_POLICY } };
    const { status, text } = await lintOf(JSON.stringify(decoy));
    assert.equal(status, 1);
    assert.match(text, /policy-syntax at \/Role/);
  });

  it('are refused with a duplicate member, even in the answer of get-role', async () => {
    const statement =
      '{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"Bool":{"a":"true"},"Bool":{"b":"true"}}}';
    const answer = (inside: string) => `{"Role":{"Arn":"${ROLE}","AssumeRolePolicyDocument":${inside}}}`;
    const twice = await lintOf(answer(`{"Version":"2012-10-17","Statement":${statement}}`));
    assert.equal(twice.status, 1);
    assert.match(twice.text, /policy-syntax at \/Statement\/Condition\/Bool/);
    const policy = JSON.stringify(TRUST_POLICY);
    const both = await lintOf(answer(`${policy},"AssumeRolePolicyDocument":${policy}`));
    assert.equal(both.status, 2);
    assert.match(both.text, /x\.json contains "AssumeRolePolicyDocument" twice in the same object\./);
  });

  it('may be nested far too deeply, even in the answer of get-role', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    for (const text of [deep, `{"Role":{"Arn":"${ROLE}","AssumeRolePolicyDocument":${deep}}}`]) {
      const finding = await lintOf(text);
      assert.equal(finding.status, 1);
      assert.match(finding.text, /it is nested deeper than any policy/);
    }
  });

  it('have complete fixes', async () => {
    const key = 'token.actions.githubusercontent.com:sub';
    const subjects = Array.from({ length: 40 }, (_, index) => `repo:acme/site-${index}*:ref:refs/heads/main`);
    const policy = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', [key]: subjects },
        },
      },
    };
    assert.doesNotMatch((await lintOf(JSON.stringify(policy))).text, /… \(\d+ characters\)/);
  });
});

describe('explain', () => {
  it('names the cause for the token of this job, and the fix', async () => {
    const { status, stdout } = await runCli(['explain', '--policy', 'wrong.json', '--role-arn', ROLE], {
      files,
      env: bitbucketStep(),
    });
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^✖ equals-with-wildcard: In Statement\[0\], StringEquals on [^\n]*\nFix: Change ".*" in "StringEquals" to ".*" in "StringLike"/,
    );
  });

  it('reports an admitted token in one word', async () => {
    const { status, stdout } = await runCli(['explain', '--policy', 'good.json'], { files, env: bitbucketStep() });
    assert.equal(status, 0);
    assert.match(stdout, /^✔ allowed: Statement\[0\] admits this token\./);
  });

  it('prints a statement that admits its token', async () => {
    const proposal = await runCli(['explain', '--role-arn', ROLE, '--json'], { env: bitbucketStep() });
    assert.equal(proposal.status, 0);
    const { verdict, statement } = JSON.parse(proposal.stdout);
    assert.equal(verdict, 'unknown');
    assert.match((await runCli(['explain', '--role-arn', ROLE], { env: bitbucketStep() })).stdout, /^\? no-policy: /m);
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    assert.equal((await runCli(['explain', '--policy', '-'], { stdin: policy, env: bitbucketStep() })).status, 0);
  });

  it('takes the account from the policy, so the fix never names one step of one run', async () => {
    const { stdout } = await runCli(['explain', '--policy', 'wrong.json', '--json'], { files, env: bitbucketStep() });
    const { fix, statement } = JSON.parse(stdout);
    assert.match(fix, / to "[^"]*:sub": "\{b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22\}:\*" in "StringLike"/);
    assert.deepEqual(statement, STATEMENT);
  });

  it('names the missing condition key, and has the time', async () => {
    const limited = {
      ...STATEMENT,
      Condition: {
        ...STATEMENT?.Condition,
        IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
        DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
      },
    };
    const stdin = JSON.stringify({ ...TRUST_POLICY, Statement: [limited] });
    const explainWith = (...more: string[]) =>
      runCli(['explain', '--policy', '-', ...more], { stdin, env: bitbucketStep() });
    const { status, stdout } = await explainWith();
    assert.equal(status, 1);
    assert.match(stdout, /^\? request-unknown: Everything else in Statement\[0\] admits this token\./);
    assert.match(stdout, /\nIf you know the value, give it:\n {2}--context aws:SourceIp=…\n$/);
    assert.equal((await explainWith('--context', 'aws:SourceIp=203.0.113.7')).status, 0);
    assert.match((await explainWith('--context', 'aws:SourceIp=198.51.100.7')).stdout, /^✖ condition-failed: /m);
  });

  it('does not guess the account if the policy names several', async () => {
    const [one] = WRONG_POLICY.Statement;
    const other = { ...one, Principal: { Federated: one?.Principal?.Federated.replace('1234', '9999') } };
    const policy = JSON.stringify({ ...WRONG_POLICY, Statement: [one, other] });
    const { stdout } = await runCli(['explain', '--policy', '-', '--json'], { stdin: policy, env: bitbucketStep() });
    assert.equal(JSON.parse(stdout).statement, undefined);
  });

  it('reads the role from the environment', async () => {
    const { status, stdout } = await runCli(['explain', '--claims', 'claims.json'], {
      files,
      env: { AWS_ROLE_ARN: ROLE },
    });
    assert.equal(status, 0);
    assert.match(stdout, /This statement admits every [^\n]*\n\{/);
  });

  const wrong = [
    {
      name: 'neither policy nor role',
      args: ['--claims', 'claims.json'],
      expected: /needs --policy FILE, or --role-arn/,
    },
    {
      name: 'claims and a token',
      args: ['--claims', 'claims.json', '--token-file', 'token.txt', '--policy', 'good.json'],
      expected: /--claims and --token-file are alternatives/,
    },
  ];
  for (const { name, args, expected } of wrong) {
    it(`refuses ${name}`, async () => {
      const { status, stderr } = await runCli(['explain', ...args], { files });
      assert.equal(status, 2);
      assert.match(stderr, expected);
    });
  }
});

describe('trust generate', () => {
  const SCOPE = [
    '--account',
    '123456789012',
    '--workspace',
    'acme',
    '--workspace-uuid',
    '{6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11}',
    '--repository-uuid',
    'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22',
  ];

  it('writes a trust policy that admits the repository and has no lint findings', async () => {
    const { status, stdout, stderr } = await runCli(['trust', 'generate', 'bitbucket', ...SCOPE]);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), TRUST_POLICY);
    assert.match(stderr, /^note: /m);
  });

  it('prints everything as JSON', async () => {
    const { stdout, stderr } = await runCli(['trust', 'generate', 'bitbucket', ...SCOPE, '--json']);
    const trust = JSON.parse(stdout);
    assert.equal(trust.providerUrl, BITBUCKET.iss);
    assert.deepEqual(trust.clientIds, [BITBUCKET.aud]);
    assert.equal(stderr, '');
  });

  for (const [format, expected] of [
    ['cloudformation', /^AWSTemplateFormatVersion:/],
    ['terraform', /^resource "aws_iam_openid_connect_provider" "bitbucket"/],
    ['aws-cli', /^#!\/bin\/sh/],
  ] as const) {
    // A template has the names as defaults of parameters.
    const permissionNames =
      format === 'cloudformation'
        ? ['Default: "acme-site"', '${Bucket}/www', 'Default: "shop"', 'repository/${Repository}', 'stack/${StackName}']
        : ['acme-site/www', 'repository/shop', 'stack/shop'];
    it(`writes a setup as ${format}, with permissions`, async () => {
      const { status, stdout } = await runCli([
        'trust',
        'generate',
        'bitbucket',
        ...SCOPE,
        '--format',
        format,
        '--role-name',
        'ship',
        '--max-session-duration',
        '7200',
        '--allow-s3-sync',
        'acme-site/www',
        '--allow-cloudfront-invalidation',
        'E2QWRUHEXAMPLE',
        '--region',
        'eu-west-1',
        '--allow-ecr-push',
        'shop',
        '--allow-cdk-deploy',
        '--allow-cloudformation-deploy',
        `shop=${ROLE}`,
      ]);
      assert.equal(status, 0);
      assert.match(stdout, expected);
      for (const part of [...permissionNames, 'E2QWRUHEXAMPLE', 'cdk-hnb659fds-deploy', '7200', 'ship']) {
        assert.ok(stdout.includes(part), part);
      }
    });
  }

  it('admits several repositories, or several environments of one', async () => {
    const [first, second, third] = ['b5c1d0f2', '9c6a3c1e', '3c2b1a09'].map(
      (start) => `${start}-8e34-4c43-a1f7-5d9b7c2e4a22`,
    );
    const subjects = async (...args: string[]) => {
      const { stdout } = await runCli(['trust', 'generate', 'bitbucket', ...SCOPE.slice(0, -2), ...args]);
      return JSON.parse(stdout).Statement[0].Condition.StringLike[`${BITBUCKET.iss.slice('https://'.length)}:sub`];
    };
    const repository = (uuid = '') => ['--repository-uuid', uuid];
    const environment = (uuid = '') => ['--deployment-environment-uuid', uuid];
    assert.deepEqual(await subjects(...repository(first), ...repository(second)), [`{${first}}:*`, `{${second}}:*`]);
    assert.deepEqual(await subjects(...repository(first), ...environment(second), ...environment(third)), [
      `{${first}}:{${second}}:*`,
      `{${first}}:{${third}}:*`,
    ]);
    assert.deepEqual(
      await subjects(...repository(first), ...environment(third), ...repository(second), ...environment(first)),
      [`{${first}}:{${third}}:*`, `{${second}}:{${first}}:*`],
    );
  });

  it('writes the whole setup below a folder, each file once', async () => {
    for (const [format, names] of [
      ['cloudformation', ['aws/cloudformation.yaml']],
      ['terraform', ['aws/main.tf', 'aws/versions.tf']],
      ['aws-cli', ['aws/aws-cli.sh']],
    ] as const) {
      const args = ['--format', format, '--output', 'shop', '--region', 'eu-west-1', '--allow-s3-sync', 'acme-site'];
      const { status, stdout, context } = await runCli(['trust', 'generate', 'bitbucket', ...SCOPE, ...args]);
      assert.equal(status, 0);
      assert.deepEqual(stdout.trim().split('\n'), ['bitbucket-pipelines.yml', ...names]);
      assert.deepEqual(
        [...context.writtenFiles.keys()],
        ['shop/bitbucket-pipelines.yml', ...names.map((name) => `shop/${name}`)],
      );
      assert.match(context.writtenFiles.get('shop/bitbucket-pipelines.yml')?.text ?? '', /aws-oidc-assume:1\.2\.3\n/);
      assert.equal(context.writtenFiles.get('shop/aws/aws-cli.sh')?.mode, format === 'aws-cli' ? 0o755 : undefined);
    }
  });

  it('overwrites no file, and writes none of the others', async () => {
    const files = { 'shop/aws/cloudformation.yaml': '' };
    const args = ['--output', 'shop', '--region', 'eu-west-1'];
    const { status, stderr, context } = await runCli(['trust', 'generate', 'bitbucket', ...SCOPE, ...args], { files });
    assert.equal(status, 2);
    assert.match(stderr, /shop\/aws\/cloudformation\.yaml already exists\. Move it away/);
    assert.equal(context.writtenFiles.size, 0);
  });

  const wrong = [
    {
      name: 'options that do not belong together',
      args: [
        'azure-devops',
        ...['a', 'b', 'c'].flatMap((name) => ['--pipeline', name]),
        '--project',
        'x',
        '--project',
        'y',
      ],
      expected: /--project 2 times and --pipeline 3 times: give each of them once, or all of them equally often\./,
    },
    {
      name: 'one of several values',
      args: ['bitbucket', ...SCOPE, '--repository-uuid', 'shop'],
      expected: /--repository-uuid \(value 2\) must be a UUID/,
    },
    {
      name: 'a wrong value of all scopes once',
      args: ['bitbucket', ...SCOPE, '--repository-uuid', 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a23', '--account', '1'],
      expected: /--account is given twice/,
    },
    {
      name: 'a folder without a region',
      args: ['bitbucket', ...SCOPE, '--output', 'x'],
      expected: /--region is missing/,
    },
    {
      name: 'a folder for a trust policy alone',
      args: ['bitbucket', ...SCOPE, '--output', 'x', '--format', 'json'],
      expected: /--output writes a setup: give --format/,
    },
    {
      name: 'a deployment environment without a pipeline file',
      args: ['bitbucket', ...SCOPE, '--deployment', 'production'],
      expected: /--deployment has no effect without --output/,
    },
    { name: 'an unknown system', args: ['bitbuket'], expected: /Allowed choices are bitbucket, azure-devops,/ },
    {
      name: 'all that is missing at once',
      args: ['azure-devops'],
      expected:
        /--service-connection \| --pipeline is missing[\s\S]*--organization is missing[\s\S]*--organization-id is missing/,
    },
    { name: 'a wildcard', args: ['azure-devops', '--project', '*'], expected: /--project must not contain a wildcard/ },
    {
      name: 'an option of another system',
      args: ['bitbucket', ...SCOPE, '--branch', 'main'],
      expected: /--branch is not an option for bitbucket\. Allowed are --workspace,/,
    },
    {
      name: 'permissions without a role to have them',
      args: ['bitbucket', ...SCOPE, '--allow-cdk-deploy'],
      expected: /--allow-cdk-deploy has no effect without --format/,
    },
    {
      name: 'JSON of a set-up',
      args: ['bitbucket', ...SCOPE, '--json', '--format', 'terraform'],
      expected: /--json and --format terraform are alternatives/,
    },
    {
      name: 'JSON with permissions',
      args: ['bitbucket', ...SCOPE, '--json', '--allow-s3-sync', 'acme-site'],
      expected: /--allow-s3-sync has no effect without --format/,
    },
    {
      name: 'a permission without its region',
      args: ['bitbucket', ...SCOPE, '--format', 'terraform', '--allow-ecr-push', 'x'],
      expected: /--region must be a region/,
    },
    {
      name: 'a duration that is no number',
      args: ['bitbucket', ...SCOPE, '--format', 'terraform', '--max-session-duration', '1h'],
      expected: /--max-session-duration must be a whole number/,
    },
  ];
  for (const { name, args, expected } of wrong) {
    it(`refuses ${name}, by the names of the options`, async () => {
      const { status, stdout, stderr } = await runCli(['trust', 'generate', ...args]);
      assert.equal(status, 2);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
    });
  }
});
