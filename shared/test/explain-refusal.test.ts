import assert from 'node:assert/strict';
import { assumeRole } from '../src/assume-role.ts';
import { Failure } from '../src/failure.ts';
import { failureLines } from '../src/report.ts';
import { given, RecordingSystem, ROLE, refusal, ScriptedEdges, success } from './support.ts';

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

async function reportOf(edges: ScriptedEdges, options = {}): Promise<string> {
  try {
    await assumeRole(new RecordingSystem(), given(options), RULES, edges);
  } catch (error) {
    assert.ok(error instanceof Failure);
    const lines = failureLines(error);
    return lines.slice(lines.indexOf('To change:')).join('\n');
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

describe('the explanation of a refusal', () => {
  it('shows the statement that would admit this token, and no wider one', async () => {
    const report = await reportOf(new ScriptedEdges([denied]));
    const json = report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1);
    assert.deepEqual(JSON.parse(json), {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${ISSUER}:aud`]: AUDIENCE },
        StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
      },
    });
  });

  it('names the provider to create, with URL and audience', async () => {
    const report = await reportOf(
      new ScriptedEdges([
        refusal(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for x'),
      ]),
    );
    for (const text of [PROVIDER, 'account 123456789012', `https://${ISSUER}`, AUDIENCE])
      assert.ok(report.includes(text), text);
  });

  it('names the audience to add, and to which provider', async () => {
    const report = await reportOf(
      new ScriptedEdges([refusal(400, 'InvalidIdentityToken', 'Incorrect token audience')]),
    );
    for (const text of [PROVIDER, AUDIENCE]) assert.ok(report.includes(text), text);
  });

  it('names the condition that failed, by a trust policy at hand', async () => {
    const edges = new ScriptedEdges([denied]);
    edges.files['trust.json'] = policy({
      StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const report = await reportOf(edges, { trustPolicyFile: 'trust.json' });
    assert.match(
      report,
      /trust\.json, equals-with-wildcard: In Statement\[0\], StringEquals on .* expects .* but the token has/,
    );
    assert.match(report, /StringLike/);
  });

  it('says that the role has another policy, where the one at hand would admit the token', async () => {
    const edges = new ScriptedEdges([denied]);
    edges.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    assert.match(await reportOf(edges, { trustPolicyFile: 'trust.json' }), /would admit this token\. AWS did not/);
  });

  it('stands without the file, and says that it could not be read', async () => {
    assert.match(
      await reportOf(new ScriptedEdges([denied]), { trustPolicyFile: 'no.json' }),
      /no\.json could not be read/,
    );
  });

  it('tells how the next role of a chain must trust the one before', async () => {
    const next = 'arn:aws:iam::210987654321:role/next';
    const edges = new ScriptedEdges([
      success,
      refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole'),
    ]);
    const report = await reportOf(edges, { chainRoleArns: next, chainExternalId: 'ext-1', chainSessionTags: 'run' });
    const json = report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1);
    assert.deepEqual(JSON.parse(json), {
      Effect: 'Allow',
      Principal: { AWS: ROLE },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'sts:ExternalId': 'ext-1' } },
    });
  });
});

describe('the explanation of a refusal in a chain', () => {
  const chainRoleArns = 'arn:aws:iam::210987654321:role/next,arn:aws:iam::210987654321:role/last';
  const notAllowed = refusal(403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole');

  it('names the role before the one that did not admit it, and no more than it must', async () => {
    const report = await reportOf(new ScriptedEdges([success, success, notAllowed]), { chainRoleArns });
    assert.match(report, /role\/last must trust arn:aws:iam::210987654321:role\/next\./);
    const json = report.slice(report.indexOf('{'), report.lastIndexOf('}') + 1);
    assert.deepEqual(JSON.parse(json), {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:role/next' },
      Action: 'sts:AssumeRole',
    });
  });

  it('says that tags need a permission of their own', async () => {
    const options = { chainRoleArns, chainSessionTags: 'Team=web' };
    const report = await reportOf(new ScriptedEdges([success, notAllowed]), options);
    assert.match(report, /"sts:TagSession"/);
  });

  it('is the usual hint for other refusals', async () => {
    const report = await reportOf(new ScriptedEdges([success, refusal(400, 'ValidationError', 'x')]), {
      chainRoleArns,
    });
    assert.match(report, /Read the answer above: it names the value that is wrong\./);
  });
});

describe('the explanation of a refusal where the token says little', () => {
  const reportFor = async (claims: Record<string, unknown>, answer = denied) => {
    const run = assumeRole(new RecordingSystem(claims), given({}), RULES, new ScriptedEdges([answer]));
    return failureLines(Failure.from(await run.catch((error: unknown) => error))).join('\n');
  };

  it('is the usual hint without an issuer', async () => {
    assert.match(await reportFor({ iss: undefined }), /Compare the trust policy of the role with the token/);
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
    assert.match(report, /the trust policy of the role did not admit the token/);
    assert.doesNotMatch(report, /This statement/);
  });
});

describe('a trust policy at hand, when all went well', () => {
  it('is read for weak spots', async () => {
    const edges = new ScriptedEdges([success]);
    edges.files['trust.json'] = policy({});
    const ci = new RecordingSystem();
    await assumeRole(ci, given({ trustPolicyFile: 'trust.json' }), RULES, edges);
    assert.ok(
      ci.lines.some((line) => line.startsWith('warning: trust.json /Statement/0')),
      ci.lines.join('\n'),
    );
  });

  it('is not mentioned where it is sound', async () => {
    const edges = new ScriptedEdges([success]);
    edges.files['trust.json'] = policy({
      StringLike: { [`${ISSUER}:sub`]: '{66666666-7777-8888-9999-000000000000}:*' },
    });
    const ci = new RecordingSystem();
    await assumeRole(ci, given({ trustPolicyFile: 'trust.json' }), RULES, edges);
    assert.ok(!ci.lines.some((line) => line.includes('trust.json')), ci.lines.join('\n'));
  });

  it('is read for a token without an issuer too', async () => {
    const edges = new ScriptedEdges([success]);
    edges.files['trust.json'] = policy({});
    const ci = new RecordingSystem({ iss: undefined });
    await assumeRole(ci, given({ trustPolicyFile: 'trust.json' }), RULES, edges);
    assert.ok(ci.lines.some((line) => line.startsWith('warning: trust.json')));
  });

  it('does not fail the run where it cannot be read', async () => {
    const ci = new RecordingSystem();
    await assumeRole(ci, given({ trustPolicyFile: 'no.json' }), RULES, new ScriptedEdges([success]));
    assert.ok(ci.lines.some((line) => line.startsWith('warning: ') && line.includes('no.json')));
    assert.equal(ci.published?.length, 1);
  });
});
