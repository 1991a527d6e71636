import assert from 'node:assert/strict';
import { applyFixes, evaluate, PolicySyntaxError } from '../src/index.ts';
import { AZURE, AZURE_CLAIMS, GITHUB, ROLE_ARN, trustPolicy } from './support.ts';

describe('applyFixes', () => {
  it('applies every fix that does not widen, and leaves the others', () => {
    const { Version: _, ...policy } = JSON.parse(
      JSON.stringify(
        trustPolicy(
          AZURE,
          { 'ForAllValues:StringEquals': { [`${AZURE}:sub`]: AZURE_CLAIMS['sub'] } },
          { Action: ['sts:AssumeRoleWithWebIdentity', 's3:*'] },
        ),
      ),
    );
    const { policy: fixed, applied, findings } = applyFixes(policy);
    assert.deepEqual(
      applied.map(({ id }) => id),
      ['version-old', 'action-not-sts', 'audience-missing', 'for-all-values-in-allow'],
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(fixed, {
      ...policy,
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${AZURE}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { [`${AZURE}:aud`]: 'api://AzureADTokenExchange', [`${AZURE}:sub`]: AZURE_CLAIMS['sub'] },
          },
        },
      ],
    });
    assert.equal(evaluate(fixed, { claims: AZURE_CLAIMS, roleArn: ROLE_ARN }).decision, 'allow');
  });

  it('reads JSON text and changes nothing if every fix widens', () => {
    const policy = trustPolicy(GITHUB, {
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: 'repo:acme/site:*' },
    });
    const result = applyFixes(JSON.stringify(policy));
    assert.deepEqual([result.policy, result.applied.length], [policy, 0]);
    assert.equal(result.findings[0]?.id, 'equals-with-wildcard');
    assert.notEqual(result.findings[0]?.patch, undefined);
  });

  it('does not fix accepted findings', () => {
    const policy = trustPolicy(AZURE, { StringEquals: { [`${AZURE}:sub`]: 'sc://acme/shop/aws' } });
    assert.deepEqual(applyFixes(policy, { isAccepted: ({ id }) => id === 'audience-missing' }).policy, policy);
  });

  it('throws for a policy that IAM would refuse', () => {
    assert.throws(() => applyFixes('{'), PolicySyntaxError);
  });
});
