import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/core/failure.ts';
import { failureLines } from '../src/diagnosis/report.ts';
import { warnOfWeakTrust, withExplanation } from '../src/diagnosis/with-explanation.ts';
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

/** Characters from the first to the last, inclusive. */
function characters(first: string, last: string): string[] {
  const from = first.charCodeAt(0);
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, n) => String.fromCharCode(from + n));
}

async function failureOf(runtime: ScriptedRuntime, options = {}, claims = {}): Promise<Failure> {
  try {
    await assumeRole(new RecordingSystem(claims), rawOptions(options), RULES, runtime);
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

async function reportOf(runtime: ScriptedRuntime, options = {}, claims = {}): Promise<string> {
  return failureLines(await failureOf(runtime, options, claims)).join('\n');
}

/** Parses the JSON in the texts that are printed on request. */
function statementIn({ details: { onRequest = [] } }: Failure): unknown {
  const text = onRequest.join('\n');
  return JSON.parse(text.slice(text.indexOf('\n') + 1));
}

describe('the explanation of a refusal', () => {
  it('names the role, the setting that the job may lack, and a way to find the condition', async () => {
    const report = await reportOf(new ScriptedRuntime([denied]));
    assert.match(
      report,
      /^AccessDenied: AWS refused .* role doesn't exist\. This step has no "deployment:"\.\nFix: If the role is limited to a deployment environment, add .* Otherwise check that role "deploy" exists in account 123456789012 \(roleArn\)\.\n/,
    );
    assert.match(report, /\n {2}If it does, compare .* trustPolicyFile makes this report name the condition/);
  });

  it('prints the statement that would admit this token only on request', async () => {
    const failure = await failureOf(new ScriptedRuntime([denied]));
    assert.doesNotMatch(failureLines(failure).join('\n'), /"Effect"/);
    assert.match(
      failureLines(failure, true).join('\n'),
      /is meant for every step of the repository \S+, on every branch, add this statement to its trust policy:\n {4}\{/,
    );
    assert.deepEqual(statementIn(failure), {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${ISSUER}:aud`]: AUDIENCE },
        StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
      },
    });
  });

  it('shows the statement that admits this token, and the admitted jobs, if the job lacks nothing', async () => {
    const sub =
      '{66666666-7777-8888-9999-000000000000}:{22222222-7777-8888-9999-000000000000}:{1f0c9a2b-1111-4222-8333-444455556666}';
    const report = await reportOf(new ScriptedRuntime([denied]), {}, { sub });
    assert.match(
      report,
      /is meant for every step of the repository \{66666666-7777-8888-9999-000000000000\} that deploys to \{22222222-7777-8888-9999-000000000000\}, add this statement to its trust policy:\n +\{"Effect":"Allow"/,
    );
    assert.match(report, /:sub":"\{66666666-[\w-]*\}:\{22222222-[\w-]*\}:\*"/);
  });

  it('uses an available trust policy to decide whether the job lacks something', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{00000000-7777-8888-9999-000000000000}:*' },
    });
    assert.doesNotMatch(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /This step has no "deployment:"/);
  });

  for (const [name, expected] of [
    ['DIAGNOSE', "DIAGNOSE: 'true'"],
    ['diagnose', 'diagnose: true'],
    ['--diagnose', '--diagnose'],
  ] as const) {
    it(`names ${name} as it is written, if AWS gives no reason for refusing the token`, async () => {
      const unclear = refusal(400, 'InvalidIdentityToken', 'The web identity token provided could not be validated.');
      const raw = { ...rawOptions({}), diagnose: { name, value: undefined } };
      await assert.rejects(
        assumeRole(new RecordingSystem(), raw, RULES, new ScriptedRuntime([unclear])),
        (failure: Failure) =>
          failureLines(failure).join('\n').includes(`\n  With ${expected}, a failed run also checks`),
      );
    });
  }

  const CREATE = `aws iam create-open-id-connect-provider --url 'https://${ISSUER}' --client-id-list '${AUDIENCE}'`;
  const ADD = `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn '${PROVIDER}' --client-id '${AUDIENCE}'`;

  it('names the account that lacks the provider, and the command that creates it', async () => {
    const report = await reportOf(
      new ScriptedRuntime([
        refusal(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for x'),
      ]),
    );
    assert.match(report, /^ProviderNotRegistered: Account 123456789012 has no identity provider for the issuer/);
    assert.match(report, /\nFix: If 123456789012 is not the account you meant, correct roleArn\. Otherwise create/);
    assert.ok(report.includes(`\n    ${CREATE}\n`), report);
    assert.match(report, /#providernotregistered$/m);
  });

  it('names the audience to add, and the command that adds it', async () => {
    const report = await reportOf(
      new ScriptedRuntime([refusal(400, 'InvalidIdentityToken', 'Incorrect token audience')]),
    );
    assert.match(report, /^AudienceNotAccepted: The identity provider in account 123456789012 does not list/);
    assert.ok(
      report.includes(
        `\nFix: Add the audience to the provider, as an administrator of account 123456789012:\n    ${ADD}\n`,
      ),
      report,
    );
  });

  it("names account, provider and audience for AWS's shared answer", async () => {
    const report = await reportOf(
      new ScriptedRuntime([
        refusal(
          400,
          'InvalidIdentityToken',
          'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
        ),
      ]),
    );
    assert.match(report, /^IdentityTokenNotValidated: AWS could not validate the token: account 123456789012 has no/);
    assert.match(report, /\nFix: If 123456789012 is not the account you meant, correct roleArn\./);
    assert.ok(report.includes(`\n    ${CREATE}\n  If a provider has exactly this URL:\n    ${ADD}\n`), report);
  });

  it('names the thumbprint to update, and the exception', async () => {
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
    assert.match(report, /#thumbprintmismatch$/m);
  });

  for (const [message, expected] of [
    [
      'The target role ARN is not present in the roles claim of the identity token',
      /the claim https:\/\/aws\.amazon\.com\/roles, and this role is not among .*\nFix: .* list arn:aws:iam::123456789012:role\/deploy in/,
    ],
    ['The roles claim contains no valid role ARNs', /Assume a role that the claim lists/],
    [
      'Token issued in the future: 1789127298',
      /issued in the future\..*\nFix: Fix the clock \(NTP\) of api\.bitbucket\.org, which issued/,
    ],
    ['Token not yet valid: current date/time 1 must be after or equal to', /AWS tolerates 5 minutes/],
  ] as const) {
    it(`explains "${message}"`, async () => {
      assert.match(await reportOf(new ScriptedRuntime([refusal(400, 'InvalidIdentityToken', message)])), expected);
    });
  }

  it("names the issuer of a token from the future by its text if it isn't an address", async () => {
    const iat = Date.now() / 1000;
    const future = refusal(400, 'InvalidIdentityToken', 'Token issued in the future: 1');
    const report = await reportOf(new ScriptedRuntime([future]), {}, { iss: 'an issuer', iat });
    assert.match(report, /issued in the future, in .*\nFix: Fix the clock \(NTP\) of an issuer/);
  });

  it('names the authorized party as the audience to register', async () => {
    const refused = refusal(400, 'InvalidIdentityToken', 'The web identity token provided could not be validated.');
    const report = await reportOf(new ScriptedRuntime([refused]), {}, { azp: 'party' });
    assert.match(report, /--client-id-list 'party'/);
    assert.match(await reportOf(new ScriptedRuntime([refused]), {}, { aud: [] }), /--client-id-list ''/);
  });

  it('asks whether a service connection was renamed', async () => {
    const claims = {
      iss: 'https://vstoken.dev.azure.com/66666666-7777-4888-8999-000000000000',
      sub: 'sc://acme/shop/aws',
    };
    assert.match(
      await reportOf(new ScriptedRuntime([denied]), {}, claims),
      /was renamed, put the subject below into the role's trust policy, in place of the old one/,
    );
  });

  it('names a policy of a kind that it has no name for', async () => {
    const refused = refusal(403, 'AccessDenied', 'x with an explicit deny in a vpc endpoint policy');
    assert.match(
      await reportOf(new ScriptedRuntime([refused])),
      /^AccessDenied: A policy of the kind "vpc endpoint policy" denies/,
    );
  });

  it('names the failed condition with an available trust policy', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /^AccessDenied: In Statement\[0\], StringEquals on "…:sub" expects .* but the token has .* \(trust\.json, equals-with-wildcard\)\n/,
    );
    assert.match(report, /\nFix: .*StringLike/);
  });

  it('reports that the role has another policy if the available one would admit the token', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /^AccessDenied: AWS denied the token, although trust\.json would admit it\.\nFix: Compare trust/,
    );
    assert.match(report, /resource control policy \(RCP\)/);
  });

  it('reports that the available policy trusts a provider of another account', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({}).replace('::123456789012:', '::210987654321:');
    assert.match(
      await reportOf(runtime, { trustPolicyFile: 'trust.json' }),
      /^AccessDenied: .*oidc-provider.*\(trust\.json, \S+\)\nFix: .*::123456789012:oidc-provider/,
    );
  });

  it('knows the session name that a trust policy requires', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({ StringLike: { 'sts:RoleSessionName': 'bitbucket,acme,*' } });
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /trust\.json would admit it/);
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
    assert.match(report, /^AccessDenied: .*StringLike on .*\(trust\.json, other-subject\)/);
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
    it(`names the reason why the trust policy file could not be read: ${name}`, async () => {
      const runtime = Object.assign(new ScriptedRuntime([denied]), {
        readTextFile: () => Promise.reject(error),
      });
      const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
      const compare = 'If it does, compare the conditions of its trust policy with the subject and audience below.';
      const line = `The trust policy file trust.json could not be read: ${reason}.`;
      assert.ok(report.includes(`\n  ${compare}\n  ${line}\n`), report);
    });
  }

  it('names the remaining condition on the request if the token itself would be admitted', async () => {
    const runtime = new ScriptedRuntime([denied]);
    runtime.files['trust.json'] = policy({
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      StringNotEquals: { 'aws:SourceIp': '192.0.2.1', 'aws:UserAgent': 'x' },
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(runtime, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /^AccessDenied: Everything else in Statement\S* admits this token\. Whether .* \(trust\.json, request-unknown\)\n/,
    );
    assert.match(
      report,
      /\nFix: Compare the condition on aws:SourceIp or aws:UserAgent with the request in CloudTrail\. If the role has another policy than trust\.json, bring the file up to date\.\n/,
    );
    assert.doesNotMatch(report, /[Rr]emove/);
  });

  it('knows the time of the request, and that it used TLS', async () => {
    const runtime = new ScriptedRuntime([denied]);
    const now = runtime.now().getTime();
    const during = (from: number, to: number) =>
      policy({
        DateGreaterThan: { 'aws:CurrentTime': new Date(now + from).toISOString() },
        NumericLessThan: { 'aws:EpochTime': String(Math.floor((now + to) / 1000)) },
        Bool: { 'aws:SecureTransport': 'true' },
      });
    runtime.files['trust.json'] = during(-600_000, 600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /trust\.json would admit it/);
    runtime.files['trust.json'] = during(600_000, 600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /"aws:CurrentTime".*condition-failed/);
    runtime.files['trust.json'] = during(-600_000, -600_000);
    assert.match(await reportOf(runtime, { trustPolicyFile: 'trust.json' }), /"aws:EpochTime".*condition-failed/);
  });

  it('works without the file, and reports last that it does not exist', async () => {
    assert.match(
      await reportOf(new ScriptedRuntime([denied]), { trustPolicyFile: 'no.json' }),
      /\nFix: .* check that role .*\n {2}If it does, compare .* below\.\n {2}The trust policy file no\.json does not exist\.\n/,
    );
  });

  for (const [name, text] of [
    ['no JSON', '{"Version": "2012-10-17",'],
    ['no policy', '{}'],
  ] as const) {
    it(`advises to correct the file or save it again if it is ${name}`, async () => {
      const runtime = new ScriptedRuntime([denied]);
      runtime.files['trust.json'] = text;
      const report = await reportOf(runtime, {
        trustPolicyFile: 'trust.json',
        roleArn: 'arn:aws:iam::123456789012:role/team/deploy',
      });
      const command = "aws iam get-role --role-name 'deploy' --query Role.AssumeRolePolicyDocument";
      assert.match(report, /^AccessDenied: .*\(trust\.json, policy-syntax\)\n/);
      assert.ok(report.includes(`\nFix: Correct trust.json, or save it again with \`${command}\`.\n`), report);
      assert.doesNotMatch(report, /Make this change/);
    });
  }

  it('describes the trust that the next role of a chain needs', async () => {
    const next = 'arn:aws:iam::210987654321:role/next';
    const runtime = new ScriptedRuntime([
      success,
      refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole'),
    ]);
    const report = await reportOf(runtime, { chainRoleArns: next, chainExternalId: 'ext-1', chainSessionTags: 'run' });
    assert.match(report, new RegExp(`^AccessDenied: AWS refused to let ${ROLE} assume the next role of the chain`));
    assert.deepEqual(chainStatement(report), {
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'sts:ExternalId': 'ext-1' } },
    });
    assert.match(report, /also allow deploy to call sts:AssumeRole and sts:TagSession on it\.\nRole/);
  });
});

/** Parses the statement that the report of a chain prints in one line. */
function chainStatement(report: string): { Principal?: unknown } {
  return JSON.parse(/^ +(\{.*\})$/m.exec(report)?.[1] ?? '');
}

describe('the explanation of a refusal in a chain', () => {
  const chainRoleArns = 'arn:aws:iam::210987654321:role/next,arn:aws:iam::210987654321:role/last';
  const notAllowed = refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole');

  it('names the role before the refusing one, and nothing more', async () => {
    const report = await reportOf(new ScriptedRuntime([success, success, notAllowed]), { chainRoleArns });
    assert.match(report, /\nFix: Add this statement to the trust policy of \S+role\/last:\n/);
    assert.deepEqual(chainStatement(report), {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:role/next' },
      Action: 'sts:AssumeRole',
    });
  });

  it('names all roles that the first of the chain must trust', async () => {
    const other = 'arn:aws:iam::123456789012:role/other';
    const runtime = new ScriptedRuntime([
      (request) => (request.body?.includes('AssumeRoleWith') ? success(request) : notAllowed),
    ]);
    const report = await reportOf(runtime, { roleArn: '', roles: `a=${ROLE},b=${other}`, chainRoleArns });
    assert.match(report, /\nFix: Add this statement to the trust policy of \S+role\/next:\n/);
    assert.deepEqual(chainStatement(report).Principal, { AWS: [ROLE, other] });
    assert.match(report, /also allow deploy, other to call sts:AssumeRole on it\./);
  });

  it('reports that tags need a separate permission', async () => {
    const options = { chainRoleArns, chainSessionTags: 'Team=web' };
    const report = await reportOf(new ScriptedRuntime([success, notAllowed]), options);
    assert.match(report, /"sts:TagSession"/);
  });

  it('does not blame the policy if the tags may be the cause', async () => {
    const packed = refusal(400, 'PackedPolicyTooLarge', 'Packed size of session tags consumes 142% of allotted space.');
    const report = await reportOf(new ScriptedRuntime([success, packed]), {
      chainRoleArns,
      chainSessionTags: 'Team=web',
    });
    assert.match(
      report,
      /\nFix: Shorten sessionPolicy and sessionPolicyArns, or use fewer or shorter tags in chainSessionTags\./,
    );
  });

  it('is the usual hint for other refusals', async () => {
    const report = await reportOf(new ScriptedRuntime([success, refusal(400, 'ValidationError', 'x')]), {
      chainRoleArns,
    });
    assert.match(report, /^RequestRejected: AWS STS rejected the request: x\nFix: Correct the value that AWS names/);
  });
});

describe('the explanation of a refusal for which AWS names another policy', () => {
  const next = 'arn:aws:iam::210987654321:role/next';
  const because = (reason: string) =>
    refusal(403, 'AccessDenied', `User: x is not authorized to perform: sts:AssumeRole on resource: ${next} ${reason}`);

  it('points to the permissions of the previous role, and to no trust policy', async () => {
    const reason = because('because no identity-based policy allows the sts:AssumeRole action');
    const report = await reportOf(new ScriptedRuntime([success, reason]), { chainRoleArns: next });
    assert.match(
      report,
      /^AccessDenied: An identity-based policy of the role before doesn't allow this\. The trust policy/,
    );
    assert.ok(report.includes(`\nFix: Allow sts:AssumeRole on ${next} in the permissions of ${ROLE}.\n`), report);
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

  it('suggests no Allow if a Deny is the reason', async () => {
    const reason = because('with an explicit deny in an identity-based policy');
    const report = await reportOf(new ScriptedRuntime([success, reason]), { chainRoleArns: next });
    assert.match(
      report,
      new RegExp(`Remove or narrow the Deny that covers sts:AssumeRole on ${next} in the permissions of ${ROLE}`),
    );
    assert.doesNotMatch(report, / Allow sts/);
  });

  for (const [policy, reason, owner] of [
    ['service control policy', 'with an explicit deny in a service control policy', 'admins of your AWS organization'],
    [
      'resource control policy',
      'with an explicit deny in a resource control policy',
      'admins of your AWS organization',
    ],
    [
      'permissions boundary',
      'because no permissions boundary allows the sts:AssumeRole action',
      'owner of the permissions boundary',
    ],
  ] as const) {
    it(`points to the owner of the ${policy}, from a token too`, async () => {
      const report = await reportOf(new ScriptedRuntime([because(reason)]), {});
      assert.match(
        report,
        new RegExp(`^AccessDenied: A ${policy}.* (?:denies|doesn't allow) this\\. The trust policy`),
      );
      assert.match(report, new RegExp(`\nFix: Ask the ${owner} to allow sts:AssumeRoleWithWebIdentity on ${ROLE}\\.`));
      assert.doesNotMatch(report, /"Effect"/);
    });
  }

  it('points to the permissions of all roles at the beginning of the chain', async () => {
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

  it('reads such words only in denials', async () => {
    const other = refusal(400, 'ValidationError', 'x because no identity-based policy allows y');
    assert.doesNotMatch(await reportOf(new ScriptedRuntime([other]), {}), /isn't the reason/);
  });

  for (const { reason, denies } of [
    { reason: 'with an explicit deny in a resource-based policy', denies: true },
    { reason: 'with an explicit deny in the role trust policy', denies: true },
    { reason: 'because no resource-based policy allows the sts:AssumeRole action', denies: false },
    { reason: 'because no role trust policy allows the sts:AssumeRole action', denies: false },
  ]) {
    it(`is about the trust policy if AWS's message is: ${reason}`, async () => {
      const report = await reportOf(new ScriptedRuntime([success, because(reason)]), { chainRoleArns: next });
      assert.match(report, new RegExp(`Add this statement to the trust policy of ${next}`));
      assert.doesNotMatch(report, /isn't the reason/);
      assert.equal(/A statement with "Effect": "Deny" in the trust policy/.test(report), denies);
    });
  }
});

describe('the explanation of an unreachable endpoint', () => {
  const host = 'sts.eu-west-1.amazonaws.com';
  const proxied = /^Unreachable: \S+ could not be reached through the proxy proxy:3128\.\nFix: Check that the proxy/;
  const direct =
    /No proxy was used\.\nFix: If this network needs a proxy, set HTTPS_PROXY to http:\/\/host:port .*\n {2}Otherwise allow/;
  const cases = [
    {
      name: 'names the region where nobody knows its host',
      code: 'ENOTFOUND',
      message: `getaddrinfo ENOTFOUND ${host}`,
      expected: new RegExp(
        `^Unreachable: .* cannot look up the name ${host}\\. No proxy was used\\.\nFix: If this network needs a proxy,.*\n {2}Otherwise check that eu-west-1 is a region`,
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
      expected: /^Unreachable: http:\/\/127\.0\.0\.1:1 could not be reached\.\nFix: Start the service, or correct/,
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

describe('the explanation of a refusal with few claims', () => {
  const reportFor = async (claims: Record<string, unknown>, answer = denied) => {
    const run = assumeRole(new RecordingSystem(claims), rawOptions({}), RULES, new ScriptedRuntime([answer]));
    return failureLines(Failure.from(await run.catch((error: unknown) => error))).join('\n');
  };

  it('is the usual hint without an issuer', async () => {
    assert.match(
      await reportFor({ iss: undefined }),
      /^AccessDenied: .*\nFix: Check the name of the role, then compare/,
    );
  });

  it('is the usual hint for a refusal unrelated to a trust policy', async () => {
    const report = await reportFor({}, refusal(400, 'ValidationError', 'x'));
    assert.match(
      report,
      /^RequestRejected: AWS STS rejected the request: x\nFix: Correct the value that AWS names below\.\n/,
    );
  });

  it('names no audience if there is none', async () => {
    const unknown = refusal(
      400,
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://x',
    );
    assert.match(await reportFor({ aud: undefined }, unknown), /--client-id-list ''\n[\s\S]*\nAudience: \(none\)\n/);
  });

  it('has no statement for a token without a subject', async () => {
    const run = assumeRole(
      new RecordingSystem({ sub: undefined }),
      rawOptions({}),
      RULES,
      new ScriptedRuntime([denied]),
    );
    const failure = Failure.from(await run.catch((error: unknown) => error));
    assert.equal(failure.details.onRequest, undefined);
    assert.match(failureLines(failure).join('\n'), /\nSubject: {2}\(none\)\n/);
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
    it(`stays a denial for a role with the path /${path.slice(0, 20)}`, async () => {
      const roleArn = `arn:aws:iam::123456789012:role/${path}deploy`;
      const failure = await failureFor(roleArn);
      assert.equal(failure.code, 'AccessDenied');
      assert.equal(failure.details.attempted?.requested?.roleArn, roleArn);
      assert.match(failureLines(failure)[1] ?? '', /^Fix: .* check that role "deploy" exists in account 123456789012/);
    });
  }

  it('stays a denial in a chain of roles with such paths', async () => {
    const chainRoleArns = 'arn:aws:iam::210987654321:role/team(b)/next';
    const failure = await failureFor('arn:aws:iam::123456789012:role/team(a)/deploy', { chainRoleArns }, [
      success,
      denied,
    ]);
    assert.equal(failure.code, 'AccessDenied');
    assert.match(
      failureLines(failure).join('\n'),
      /trust policy of \S+role\/team\(b\)\/next:\n.*role\/team\(a\)\/deploy/,
    );
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

  it('is returned unchanged if its explanation fails', async () => {
    // No run has such an endpoint. It simulates any error in the explaining code.
    const attempted = {
      action: 'AssumeRole',
      requested: { roleArn: ROLE, sessionName: 'me' },
      endpoint: 'not a URL',
      attempts: 1,
    };
    const failure = new Failure('Unreachable', 'no answer', { attempted });
    const raw = rawOptions({});
    const options = parseOptions(raw, RULES);
    const run = { token: IdentityToken.parse(tokenText()), options, raw, runtime: new ScriptedRuntime([]) };
    assert.equal(await withExplanation(failure, run), failure);
  });

  for (const [name, error, reason] of [
    [
      'an error of Node',
      new Error("Cannot find module './diagnosis.cjs'\nRequire stack:\n- /x"),
      "Cannot find module './diagnosis.cjs'",
    ],
    ['something that is no error', 'thrown text', 'thrown text'],
  ] as const) {
    it(`keeps its facts and reports the missing file with the explanations: ${name}`, async () => {
      const raw = rawOptions({ trustPolicyFile: 'trust.json' });
      const options = parseOptions(raw, RULES);
      const token = IdentityToken.parse(tokenText());
      const runtime = new ScriptedRuntime([]);
      const missing = () => Promise.reject(error);
      const failure = new Failure('AccessDenied', 'no', { notes: ['a note'] });
      const explanation = await withExplanation(failure, { token, options, raw, runtime }, missing);
      const incomplete = `A file of this program is missing: ${reason}. Copy all of its files together.`;
      assert.deepEqual(explanation.details.notes, ['a note', `This failure could not be explained. ${incomplete}`]);
      assert.equal(explanation.details.token?.subject, token.subject);

      const ci = new RecordingSystem();
      await warnOfWeakTrust(token, { options, runtime, log: ci.log }, missing);
      assert.deepEqual(ci.lines, [`warning: The trust policy file trust.json was not checked. ${incomplete}`]);
    });
  }
});

describe('an available trust policy after a success', () => {
  it('is checked for weaknesses', async () => {
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
  const correctPolicy = policy({ StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' } });
  const otherAccount = correctPolicy.replace('::123456789012:', '::210987654321:');

  it('is compared with the account of the role', async () => {
    const [first, ...others] = await warningsOf(otherAccount);
    assert.match(
      first ?? '',
      /\(principal-other-account\): the provider is in account 210987654321; the role is in 123456789012/,
    );
    assert.deepEqual(others, []);
  });

  it('is compared with no account if there are several roles', async () => {
    const roles = `a=${ROLE},b=arn:aws:iam::210987654321:role/deploy`;
    assert.deepEqual(await warningsOf(otherAccount, { roleArn: '', roles }), []);
  });

  it('is compared with the issuer of the token', async () => {
    const [first, ...others] = await warningsOf(
      correctPolicy,
      {},
      { iss: 'https://token.actions.githubusercontent.com' },
    );
    assert.match(
      first ?? '',
      /\(principal-other-issuer\): .*the token's issuer is "token\.actions\.githubusercontent\.com"/,
    );
    assert.deepEqual(others, []);
  });

  it('is not mentioned if it is correct', async () => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json' }), RULES, runtime);
    assert.ok(!ci.lines.some((line) => line.includes('trust.json')), ci.lines.join('\n'));
  });

  it('is checked for a token without an issuer too', async () => {
    const runtime = new ScriptedRuntime([success]);
    runtime.files['trust.json'] = policy({});
    const ci = new RecordingSystem({ iss: undefined });
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'trust.json' }), RULES, runtime);
    assert.ok(ci.lines.some((line) => line.startsWith('warning: trust.json')));
  });

  it('does not fail the run if it cannot be read', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, rawOptions({ trustPolicyFile: 'no.json' }), RULES, new ScriptedRuntime([success]));
    assert.ok(ci.lines.includes('warning: The trust policy file no.json does not exist.'));
    assert.equal(ci.published?.length, 1);
  });
});
