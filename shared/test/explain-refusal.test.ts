import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/core/failure.ts';
import { withExplanation } from '../src/diagnosis/explain-refusal.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import { IdentityToken } from '../src/identity/identity-token.ts';
import { TransportError } from '../src/net/transport-error.ts';
import { parseOptions } from '../src/options/options.ts';
import {
  RecordingSystem,
  ROLE,
  rawOptions,
  refusal,
  type Scripted,
  ScriptedRuntime,
  success,
  tokenText,
} from './support.ts';

const ISSUER = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;
const AUDIENCE = 'ari:cloud:bitbucket::workspace/11111111-2222-3333-4444-555555555555';
const RULES = { exposeModes: ['environment'] } as const;
const MORE = 'More: https://github.com/aws-oidc-assume/aws-oidc-assume/blob/main/docs/troubleshooting.md';
const denied = refusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');

function policy(sub: Record<string, unknown>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE }, ...sub },
      },
    ],
  });
}

/** Characters from the first to the last, both included. */
function characters(first: string, last: string): string[] {
  const from = first.charCodeAt(0);
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, n) => String.fromCharCode(from + n));
}

async function reportOf(runtime: ScriptedRuntime, options = {}, claims = {}): Promise<string> {
  try {
    await assumeRole(new RecordingSystem(claims), rawOptions(options), RULES, runtime);
  } catch (error) {
    assert.ok(error instanceof Failure);
    const lines = failureLines(error);
    return lines.slice(lines.indexOf('To change:')).join('\n');
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

describe('the explanation of a refusal', () => {
  it('names what the job may lack, and prints no statement that is wider than the role may mean', async () => {
    const report = await reportOf(new ScriptedRuntime([denied]));
    assert.equal(
      report,
      `To change:
  AWS found the identity provider ${PROVIDER}; the trust policy of the role did not admit the token, or there is no such role.
  The step has no "deployment:". If the role trusts a deployment environment, add "deployment: <name>" to the step. Do not widen the trust policy for it.
  If the role is meant for every step of the repository {66666666-7777-8888-9999-000000000000}, on every branch, this command in the job prints the statement for it: aws-oidc explain --role-arn '${ROLE}'
  A change in IAM takes some seconds to work.

${MORE}#AccessDenied`,
    );
  });

  it('shows the statement that admits this token where the job lacks nothing, and whom it lets in', async () => {
    const sub =
      '{66666666-7777-8888-9999-000000000000}:{22222222-7777-8888-9999-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}';
    const report = await reportOf(new ScriptedRuntime([denied]), {}, { sub });
    assert.ok(
      report.includes(
        `  This statement in the trust policy of the role admits this token, and with it every step of the repository {66666666-7777-8888-9999-000000000000} that deploys to {22222222-7777-8888-9999-000000000000}:
    {
      "Effect": "Allow",
`,
      ),
      report,
    );
    assert.match(report, /:sub": "\{66666666-[\w-]*\}:\{22222222-[\w-]*\}:\*"/);
  });

  it('leaves to a trust policy at hand whether it is the job that lacks something', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{00000000-7777-8888-9999-000000000000}:*' },
    });
    assert.doesNotMatch(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /The step has no "deployment:"/);
  });

  it('names the provider to create, with URL and audience', async () => {
    const report = await reportOf(
      new ScriptedRuntime([
        refusal(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for x'),
      ]),
    );
    assert.equal(
      report,
      `To change:
  Check the role ARN first: if 123456789012 is not the account you meant, correct it there, and change nothing in IAM.
  AWS looked for the identity provider ${PROVIDER} and did not find it.
  Create it in account 123456789012, the account of the role:
    URL:      https://${ISSUER}
    audience: ${AUDIENCE}

${MORE}#ProviderNotRegistered`,
    );
  });

  it('names the audience to add, and to which provider', async () => {
    const report = await reportOf(
      new ScriptedRuntime([refusal(400, 'InvalidIdentityToken', 'Incorrect token audience')]),
    );
    assert.equal(
      report,
      `To change:
  The identity provider ${PROVIDER} does not list the audience of this token.
  Add it to the audiences (client IDs) of the provider:
    ${AUDIENCE}

${MORE}#AudienceNotAccepted`,
    );
  });

  it('names provider, audience and signature in this order for the one answer of AWS', async () => {
    const report = await reportOf(
      new ScriptedRuntime([
        refusal(
          400,
          'InvalidIdentityToken',
          'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
        ),
      ]),
    );
    assert.equal(
      report,
      `To change:
  Check the role ARN first: if 123456789012 is not the account you meant, correct it there, and change nothing in IAM.
  AWS gives this answer for three causes. Check them in this order:
  1. Account 123456789012, the account of the role, has no identity provider ${PROVIDER}. Create it:
    URL:      https://${ISSUER}
    audience: ${AUDIENCE}
  2. The provider exists but does not list the audience of this token. Add it to its audiences (client IDs):
    ${AUDIENCE}
  3. The signature of the token is wrong. Use the token exactly as the CI system issued it; aws-oidc doctor checks its signature.
  This command shows whether it is 1 or 2: aws iam get-open-id-connect-provider --open-id-connect-provider-arn '${PROVIDER}'

${MORE}#IdentityTokenNotValidated`,
    );
  });

  it('names the thumbprint to update, and when not to', async () => {
    const report = await reportOf(
      new ScriptedRuntime([
        refusal(
          400,
          'InvalidIdentityToken',
          "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        ),
      ]),
    );
    assert.match(report, /update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn 'arn:aws:iam::/);
    assert.match(report, /If nobody changed the certificate, do not update them/);
    assert.match(report, /#ThumbprintMismatch$/);
  });

  for (const [message, expected] of [
    [
      'The target role ARN is not present in the roles claim of the identity token',
      /https:\/\/aws\.amazon\.com\/roles, which limits it .* arn:aws:iam::123456789012:role\/\S+ is not among them/,
    ],
    ['The roles claim contains no valid role ARNs', /Assume a role that the claim lists/],
    ['Token issued in the future: 1789127298', /Check the clock of the issuer/],
    ['Token not yet valid: current date/time 1 must be after or equal to', /AWS tolerates 5 minutes/],
  ] as const) {
    it(`explains "${message}"`, async () => {
      assert.match(await reportOf(new ScriptedRuntime([refusal(400, 'InvalidIdentityToken', message)])), expected);
    });
  }

  it('names the condition that failed, by a trust policy at hand', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /trust\.json, equals-with-wildcard: In Statement\[0\], StringEquals on .* expects .* but the token has/,
    );
    assert.match(report, /StringLike/);
  });

  it('says that the role has another policy, where the one at hand would admit the token', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.ok(
      report.startsWith(
        'To change:\n  trust.json would admit this token. AWS did not: the role has another policy than this file, or does not exist, or a resource control policy of the organization denies it.\n  AWS found',
      ),
      report,
    );
  });

  it('says that the policy at hand trusts a provider of another account than the role', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({}).replace('::123456789012:', '::210987654321:');
    assert.match(
      await reportOf(runtime, { trustPolicyFile: 'trust.json' }),
      /^To change:\n {2}trust\.json, \S+: .*oidc-provider.*\n.*::123456789012:oidc-provider/,
    );
  });

  it('knows the session name that a trust policy asks for', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({ StringLike: { 'sts:RoleSessionName': 'bitbucket,acme,*' } });
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /would admit this token/);
    runtime.files['trust.json'] = policy({ StringLike: { 'sts:RoleSessionName': 'github,*' } });
    assert.match(
      await reportOf(runtime, { trustPolicyFile: 'trust.json' }),
      /"sts:RoleSessionName" expects "github,\*", but the request has "bitbucket,acme,shop,7,abcdef01"/,
    );
  });

  it('does not blame the address of the request, which only AWS knows', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      StringLike: { [`${ISSUER}:sub`]: '{00000000-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(report, /^To change:\n {2}trust\.json, other-subject: .*StringLike on/);
    assert.match(
      report,
      / IpAddress on "aws:SourceIp" stays: aws:SourceIp is in every request, and not known here\.\n/,
    );
  });

  for (const [name, error, reason] of [
    ['a reason of its own', new Error('it is not a file'), 'it is not a file'],
    ['the end of the time', new Failure('TimedOut', 'The time limit of 5 s passed.'), 'The time limit of 5 s passed'],
    ['a code of Node', Object.assign(new Error('no'), { code: 'EACCES' }), 'EACCES'],
    ['something that is no error', 'thrown text', 'thrown text'],
  ] as const) {
    it(`names why the trust policy file could not be read: ${name}`, async () => {
      const runtime = Object.assign(new ScriptedRuntime([denied]), {
        readTextFile: () => Promise.reject(error),
      });
      const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
      assert.ok(report.includes(`The trust policy file trust.json could not be read: ${reason}.`), report);
    });
  }

  it('says which condition on the request is left to look at, where the token itself would be admitted', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      StringNotEquals: { 'aws:SourceIp': '192.0.2.1', 'aws:UserAgent': 'x' },
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /^To change:\n {2}trust\.json, request-unknown: All else in Statement\S* admits this token\. Whether /,
    );
    assert.match(
      report,
      /\n {2}If the role has the policy of this file, AWS refused the token for aws:SourceIp or aws:UserAgent: compare what the policy says of it with the request in CloudTrail\. If not, bring this file up to date\.\n/,
    );
    assert.doesNotMatch(report, /[Rr]emove/);
  });

  it('knows when it asked, and that it was by TLS', async () => {
    const runtime = new ScriptedRuntime([denied]);
    const now = runtime.now().getTime();
    const during = (from: number, to: number) =>
      policy({
        DateGreaterThan: { 'aws:CurrentTime': new Date(now + from).toISOString() },
        NumericLessThan: { 'aws:EpochTime': String(Math.floor((now + to) / 1000)) },
        Bool: { 'aws:SecureTransport': 'true' },
      });
    runtime.files['trust.json'] = during(-600_000, 600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /would admit this token/);
    runtime.files['trust.json'] = during(600_000, 600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /condition-failed: .*"aws:CurrentTime"/);
    runtime.files['trust.json'] = during(-600_000, -600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /condition-failed: .*"aws:EpochTime"/);
  });

  it('stands without the file, and says that it could not be read', async () => {
    assert.match(
      await reportOf(new ScriptedRuntime([denied]), { trustPolicyFile: 'no.json' }),
      /^To change:\n {2}The trust policy file no\.json could not be read: ENOENT\.\n {2}AWS found/,
    );
  });

  it('tells how the next role of a chain must trust the one before', async () => {
    const next = 'arn:aws:iam::210987654321:role/next';
    const runtime = new ScriptedRuntime([
      success,
      refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole'),
    ]);
    assert.equal(
      await reportOf(runtime, { chainRoleArns: next, chainExternalId: 'ext-1', chainSessionTags: 'run' }),
      `To change:
  ${next} must trust ${ROLE}. This statement in its trust policy does:
    {
      "Effect": "Allow",
      "Principal": {
        "AWS": "${ROLE}"
      },
      "Action": [
        "sts:AssumeRole",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEquals": {
          "sts:ExternalId": "ext-1"
        }
      }
    }
  In another account, deploy must also be allowed to call sts:AssumeRole and sts:TagSession on it.

${MORE}#AccessDenied`,
    );
  });
});

describe('the explanation of a refusal in a chain', () => {
  const chainRoleArns = 'arn:aws:iam::210987654321:role/next,arn:aws:iam::210987654321:role/last';
  const notAllowed = refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole');

  it('names the role before the one that did not admit it, and no more than it must', async () => {
    const report = await reportOf(new ScriptedRuntime([success, success, notAllowed]), { chainRoleArns });
    assert.match(report, /role\/last must trust arn:aws:iam::210987654321:role\/next\./);
    const json = report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1);
    assert.deepEqual(JSON.parse(json), {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:role/next' },
      Action: 'sts:AssumeRole',
    });
  });

  it('names all the roles that the first of the chain must trust', async () => {
    const other = 'arn:aws:iam::123456789012:role/other';
    const runtime = new ScriptedRuntime([
      (request) => (request.body?.includes('AssumeRoleWith') ? success(request) : notAllowed),
    ]);
    const report = await reportOf(runtime, { roleArn: '', roles: `a=${ROLE},b=${other}`, chainRoleArns });
    assert.match(
      report,
      /role\/next must trust arn:aws:iam::123456789012:role\/deploy, arn:aws:iam::123456789012:role\/other\./,
    );
    const json = report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1);
    assert.deepEqual(JSON.parse(json).Principal, { AWS: [ROLE, other] });
    assert.match(report, /In another account, deploy, other must also be allowed to call sts:AssumeRole on it\./);
  });

  it('says that tags need a permission of their own', async () => {
    const options = { chainRoleArns, chainSessionTags: 'Team=web' };
    const report = await reportOf(new ScriptedRuntime([success, notAllowed]), options);
    assert.match(report, /"sts:TagSession"/);
  });

  it('does not seek in a policy alone what may be the tags', async () => {
    const packed = refusal(400, 'PackedPolicyTooLarge', 'Packed size of session tags consumes 142% of allotted space.');
    const report = await reportOf(new ScriptedRuntime([success, packed]), {
      chainRoleArns,
      chainSessionTags: 'Team=web',
    });
    assert.match(report, /With the session tags they must pack into the limit AWS names: fewer or shorter tags help/);
  });

  it('is the usual hint for other refusals', async () => {
    const report = await reportOf(new ScriptedRuntime([success, refusal(400, 'ValidationError', 'x')]), {
      chainRoleArns,
    });
    assert.match(report, /Read the answer above: it names the value that is wrong\./);
  });
});

describe('the explanation of a refusal for which AWS names another policy', () => {
  const next = 'arn:aws:iam::210987654321:role/next';
  const because = (reason: string) =>
    refusal(403, 'AccessDenied', `User: x is not authorized to perform: sts:AssumeRole on resource: ${next} ${reason}`);

  it('leads to the permissions of the role before, and to no trust policy', async () => {
    const reason = because('because no identity-based policy allows the sts:AssumeRole action');
    assert.equal(
      await reportOf(new ScriptedRuntime([success, reason]), { chainRoleArns: next }),
      `To change:
  AWS names the reason itself: the identity-based policy. The trust policy of the role need not change for it.
  Allow sts:AssumeRole on ${next} in the permissions of ${ROLE}.

${MORE}#AccessDenied`,
    );
  });

  it('names the permission that tags need as well', async () => {
    const reason = because('because no identity-based policy allows the sts:TagSession action');
    const report = await reportOf(new ScriptedRuntime([success, reason]), {
      chainRoleArns: next,
      chainSessionTags: 'run',
    });
    assert.match(
      report,
      new RegExp(`Allow sts:AssumeRole and sts:TagSession on ${next} in the permissions of ${ROLE}\\.`),
    );
  });

  it('asks for no Allow where a Deny is the reason', async () => {
    const reason = because('with an explicit deny in an identity-based policy');
    const report = await reportOf(new ScriptedRuntime([success, reason]), { chainRoleArns: next });
    assert.match(
      report,
      new RegExp(`Take the Deny that covers sts:AssumeRole on ${next} out of the permissions of ${ROLE}, or narrow it`),
    );
    assert.doesNotMatch(report, / Allow sts/);
  });

  for (const [policy, reason] of [
    ['service control policy', 'with an explicit deny in a service control policy'],
    ['resource control policy', 'with an explicit deny in a resource control policy'],
    ['permissions boundary', 'because no permissions boundary allows the sts:AssumeRole action'],
  ] as const) {
    it(`leads to whoever is responsible for the ${policy}, from a token too`, async () => {
      const report = await reportOf(new ScriptedRuntime([because(reason)]), {});
      assert.match(
        report,
        new RegExp(`^To change:\\n {2}AWS names the reason itself: the ${policy}\\. The trust policy`),
      );
      assert.match(report, new RegExp(`Ask who is responsible for the ${policy}: it must let ${ROLE} be assumed\\.`));
      assert.doesNotMatch(report, /"Effect"/);
    });
  }

  it('leads to the permissions of all the roles that the chain begins with', async () => {
    const other = 'arn:aws:iam::123456789012:role/other';
    for (const reason of [
      'because no identity-based policy allows x',
      'with an explicit deny in an identity-based policy',
    ]) {
      const runtime = new ScriptedRuntime([
        (request) => (request.body?.includes('AssumeRoleWith') ? success(request) : because(reason)),
      ]);
      const report = await reportOf(runtime, { roleArn: '', roles: `a=${ROLE},b=${other}`, chainRoleArns: next });
      assert.ok(report.includes(`the permissions of ${ROLE}, ${other}`), report);
    }
  });

  it('reads such words in denials alone', async () => {
    const other = refusal(400, 'ValidationError', 'x because no identity-based policy allows y');
    assert.doesNotMatch(await reportOf(new ScriptedRuntime([other]), {}), /AWS names the reason/);
  });

  for (const { reason, denies } of [
    { reason: 'with an explicit deny in a resource-based policy', denies: true },
    { reason: 'with an explicit deny in the role trust policy', denies: true },
    { reason: 'because no resource-based policy allows the sts:AssumeRole action', denies: false },
    { reason: 'because no role trust policy allows the sts:AssumeRole action', denies: false },
  ]) {
    it(`is about the trust policy where AWS says: ${reason}`, async () => {
      const report = await reportOf(new ScriptedRuntime([success, because(reason)]), { chainRoleArns: next });
      assert.match(report, new RegExp(`${next} must trust ${ROLE}`));
      assert.doesNotMatch(report, /need not change/);
      assert.equal(/a statement that denies, in the trust policy of the role\./.test(report), denies);
    });
  }
});

describe('the explanation of an endpoint out of reach', () => {
  const host = 'sts.eu-west-1.amazonaws.com';
  const proxied = /To change:\n {2}Check network, proxy and firewall/;
  const direct = /To change:\n {2}No proxy was used\. If this network needs one, set HTTPS_PROXY=http:\/\/host:port/;
  const cases = [
    {
      name: 'names the region where nobody knows its host',
      code: 'ENOTFOUND',
      message: `getaddrinfo ENOTFOUND ${host}`,
      expected: new RegExp(
        `^To change:\\n {2}No host has the name ${host}\\. Check that eu-west-1 is the region you mean;.*\\n {2}No proxy was used\\.`,
      ),
    },
    {
      name: 'leaves the region alone for the name of a proxy',
      code: 'ENOTFOUND',
      message: 'the proxy proxy:3128: getaddrinfo ENOTFOUND proxy',
      expected: proxied,
    },
    {
      name: 'says nothing of a proxy for this machine',
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 127.0.0.1:1',
      options: { stsEndpoint: 'http://127.0.0.1:1' },
      expected: proxied,
    },
    {
      name: 'leaves it alone where no name server answers',
      code: 'EAI_AGAIN',
      message: `getaddrinfo EAI_AGAIN ${host}`,
      expected: direct,
    },
    {
      name: 'leaves it alone for an endpoint of the user',
      code: 'ENOTFOUND',
      message: 'getaddrinfo ENOTFOUND sts.example.com',
      options: { stsEndpoint: 'https://sts.example.com' },
      expected: direct,
    },
  ];
  for (const { name, code, message, options = {}, expected } of cases) {
    it(name, async () => {
      const runtime = new ScriptedRuntime([new TransportError(code, message)]);
      assert.match(await reportOf(runtime, { maxAttempts: '1', ...options }), expected);
    });
  }
});

describe('the explanation of a refusal where the token says little', () => {
  const reportFor = async (claims: Record<string, unknown>, answer = denied) => {
    const run = assumeRole(new RecordingSystem(claims), rawOptions({}), RULES, new ScriptedRuntime([answer]));
    return failureLines(Failure.from(await run.catch((error: unknown) => error))).join('\n');
  };

  it('is the usual hint without an issuer', async () => {
    assert.match(await reportFor({ iss: undefined }), /Compare the trust policy of the role with the token/);
  });

  it('is the usual hint for a refusal that a trust policy has no part in', async () => {
    const report = await reportFor({}, refusal(400, 'ValidationError', 'x'));
    assert.match(report, /\nTo change:\n {2}Read the answer above: it names the value that is wrong\.\n\nMore: /);
  });

  it('names no audience where there is none', async () => {
    const unknown = refusal(
      400,
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://x',
    );
    assert.match(await reportFor({ aud: undefined }, unknown), /\n {4}audience: *\n/);
  });

  it('shows no statement for an issuer that it cannot write one for', async () => {
    const report = await reportFor({ sub: undefined });
    assert.match(
      report,
      /the trust policy of the role did not admit the token, or there is no such role\.\n {2}A change in IAM takes some seconds to work\.\n\n/,
    );
  });
});

describe('a denial', () => {
  const failureFor = async (roleArn: string, options: Record<string, string> = {}, script: Scripted[] = [denied]) => {
    const run = assumeRole(
      new RecordingSystem(),
      rawOptions({ roleArn, ...options }),
      RULES,
      new ScriptedRuntime(script),
    );
    return Failure.from(await run.catch((error: unknown) => error));
  };

  for (const path of ['team(a)/', '*/', "it's/", 'a//b/', '{"x":1}/', '../', '$(x)/y/', `${'p'.repeat(509)}/`]) {
    it(`stays a denial when the role has the path /${path.slice(0, 20)}`, async () => {
      const roleArn = `arn:aws:iam::123456789012:role/${path}deploy`;
      const failure = await failureFor(roleArn);
      assert.equal(failure.code, 'AccessDenied');
      assert.equal(failure.details.attempted?.requested?.roleArn, roleArn);
      assert.ok(failureLines(failure).join('\n').includes(`AWS found the identity provider ${PROVIDER};`));
    });
  }

  it('stays a denial in a chain of roles with such paths', async () => {
    const chainRoleArns = 'arn:aws:iam::210987654321:role/team(b)/next';
    const failure = await failureFor('arn:aws:iam::123456789012:role/team(a)/deploy', { chainRoleArns }, [
      success,
      denied,
    ]);
    assert.equal(failure.code, 'AccessDenied');
    assert.match(failureLines(failure).join('\n'), /role\/team\(b\)\/next must trust \S+role\/team\(a\)\/deploy\./);
  });

  it('stays a denial for every role that the options accept', async () => {
    const part = fc.string({ unit: fc.constantFrom(...characters('!', '~')), minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(part, async (path) => {
        assert.equal((await failureFor(`arn:aws:iam::123456789012:role/${path}/deploy`)).code, 'AccessDenied');
      }),
      { numRuns: 300 },
    );
  });

  it('is returned as it was when its explanation fails', async () => {
    // No endpoint of a run looks like this; it stands for any fault in the code that explains.
    const attempted = {
      action: 'AssumeRole',
      requested: { roleArn: ROLE, sessionName: 'me' },
      endpoint: 'not a URL',
      attempts: 1,
    };
    const failure = new Failure('Unreachable', 'no answer', { attempted });
    const options = parseOptions(rawOptions({}), RULES);
    const token = IdentityToken.parse(tokenText());
    assert.equal(await withExplanation(failure, token, options, new ScriptedRuntime([])), failure);
  });
});

describe('a trust policy at hand, when all went well', () => {
  it('is read for weak spots', async () => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = policy({});
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json' }), RULES, runtime);
    assert.ok(
      ci.lines.some((line) => line.startsWith('warning: trust.json /Statement/0')),
      ci.lines.join('\n'),
    );
  });

  const warningsOf = async (text: string, options = {}, claims = {}) => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = text;
    const ci = new RecordingSystem(claims);
    const rules = { exposeModes: ['environment', 'profile'] } as const;
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json', ...options }), rules, runtime);
    return ci.lines.filter((line) => line.startsWith('warning: '));
  };
  const sound = policy({ StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' } });
  const otherAccount = sound.replace('::123456789012:', '::210987654321:');

  it('is compared with the account of the role', async () => {
    const [first, ...others] = await warningsOf(otherAccount);
    assert.match(
      first ?? '',
      /\(principal-other-account\): the provider lies in account 210987654321; the role lies in 123456789012/,
    );
    assert.deepEqual(others, []);
  });

  it('is compared with no account where there are several roles', async () => {
    const roles = `a=${ROLE},b=arn:aws:iam::210987654321:role/deploy`;
    assert.deepEqual(await warningsOf(otherAccount, { roleArn: '', roles }), []);
  });

  it('is compared with the issuer of the token', async () => {
    const [first, ...others] = await warningsOf(sound, {}, { iss: 'https://token.actions.githubusercontent.com' });
    assert.match(
      first ?? '',
      /\(principal-other-issuer\): .*the token's issuer is "token\.actions\.githubusercontent\.com"/,
    );
    assert.deepEqual(others, []);
  });

  it('is not mentioned where it is sound', async () => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json' }), RULES, runtime);
    assert.ok(!ci.lines.some((line) => line.includes('trust.json')), ci.lines.join('\n'));
  });

  it('is read for a token without an issuer too', async () => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = policy({});
    const ci = new RecordingSystem({ iss: undefined });
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json' }), RULES, runtime);
    assert.ok(ci.lines.some((line) => line.startsWith('warning: trust.json')));
  });

  it('does not fail the run where it cannot be read', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'no.json' }), RULES, new ScriptedRuntime([success]));
    assert.ok(ci.lines.includes('warning: The trust policy file no.json could not be read: ENOENT.'));
    assert.equal(ci.published?.length, 1);
  });
});
