import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { assertWording } from '../../../test/messages/wording.ts';
import { type Finding, guardedClaim, LINT_RULES, type LintOptions, lint } from '../src/index.ts';
import {
  AZURE,
  AZURE_AUDIENCE,
  BITBUCKET,
  BITBUCKET_AUDIENCE,
  GITHUB,
  ORGANIZATION,
  providerArn,
  REPOSITORY,
  trustPolicy,
  WORKSPACE,
} from './support.ts';

interface Fixture {
  readonly about: string;
  readonly options?: LintOptions;
  readonly policy: unknown;
  readonly expected: readonly Omit<Finding, 'severity'>[];
  /** The policy after the change in the fix's text. */
  readonly fixed: unknown;
}

/** Last sentence of every fix that widens. */
const WIDENING = 'The policy then admits more than it does now.';

const FOLDER = new URL('./fixtures/lint/', import.meta.url);

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

/** Value at a JSON pointer. */
function resolve(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value: unknown, name) => new Map<string, unknown>(Object.entries(value ?? {})).get(name), document);
}

describe('lint', () => {
  it('has exactly one fixture for every rule', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), LINT_RULES.map(({ id }) => `${id}.json`).sort());
  });

  for (const file of readdirSync(FOLDER)) {
    const { about, options, policy, expected, fixed } = fixture(file);

    it(`${file}: ${about}`, () => {
      const findings = lint(policy, options);
      assert.deepEqual(
        findings,
        expected.map((finding) => ({
          severity: LINT_RULES.find(({ id }) => id === finding.id)?.severity,
          ...finding,
        })),
      );
    });

    it(`${file}: has its wording in docs/messages.md`, () => {
      const lines = lint(policy, options).flatMap(({ id, message, fix }) => [`${id}: ${message}`, `Fix: ${fix}`]);
      assertWording('Findings of trust lint', `${file.replace('.json', '')}. ${about}`, lines);
    });

    it(`${file}: has no finding after the fix`, () => assert.deepEqual(lint(fixed, options), []));

    it(`${file}: reads JSON text the same way`, () => {
      assert.deepEqual(lint(JSON.stringify(policy), options), lint(policy, options));
    });

    it(`${file}: has a valid pointer`, () => {
      for (const { id, path } of expected) {
        if (id !== 'version-old' && id !== 'policy-too-long') assert.notEqual(resolve(policy, path), undefined);
      }
    });
  }

  const like = (sub: string, more: object = {}) =>
    trustPolicy(BITBUCKET, { StringEquals: BITBUCKET_AUDIENCE, StringLike: { [`${BITBUCKET}:sub`]: sub }, ...more });
  const entra = `login.microsoftonline.com/${ORGANIZATION}/v2.0`;
  const azure = (condition: object) => trustPolicy(AZURE, condition);
  const SAML = 'arn:aws:iam::123456789012:saml-provider/x';
  const CIRCLECI = `oidc.circleci.com/org/${ORGANIZATION}`;
  const AUD = { 'ci.example:aud': 'x' };
  const WITH_SUBJECT = { StringEquals: { ...AUD, 'ci.example:sub': 'y' } };
  const twoStatements = (one: object, other: object) => ({
    Version: '2012-10-17',
    Statement: [one, other].flatMap((more) => statementsOf(trustPolicy('ci.example', WITH_SUBJECT, more))),
  });
  const policyOfLength = (length: number) => {
    const policy = (sub: string) => trustPolicy('ci.example', { StringEquals: { ...AUD, 'ci.example:sub': sub } });
    return policy('y'.repeat(length - JSON.stringify(policy('')).length));
  };
  const github = (condition: object) =>
    trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' }, ...condition });
  /** A subject under StringLike, next to an audience. */
  const wide = (issuer: string, sub: string, condition: object = { StringLike: { [`${issuer}:sub`]: sub } }) =>
    trustPolicy(issuer, { StringEquals: { [`${issuer}:aud`]: 'x' }, ...condition });
  const workflow = (ref: string | readonly string[]) => github({ StringLike: { [`${GITHUB}:job_workflow_ref`]: ref } });
  /** Option that limits a row to one rule, if others report findings too. */
  type Row = readonly [name: string, policy: unknown, ids: readonly string[], options?: LintOptions | string];
  const more: readonly Row[] = [
    ["Atlassian's own pattern for an environment", like(`{${REPOSITORY}}*:{${REPOSITORY}}:*`), []],
    ['an environment of any repository', like(`*:{${REPOSITORY}}:*`), []],
    ['any subject, spelled out', like('{*}:*'), ['subject-any']],
    ['a subject that starts anywhere', like('{*'), ['subject-any']],
    ['two UUIDs and no wildcard', like(`{${REPOSITORY}}:{${REPOSITORY}}`), ['bitbucket-pinned-step']],
    ['an environment name with a wildcard', like(`{${REPOSITORY}}:prod*:*`), ['bitbucket-environment-name']],
    ['an environment name at the end', like(`{${REPOSITORY}}:production`), ['bitbucket-environment-name']],
    ["the workspace's UUID alone", like(`{${WORKSPACE}}:*`), ['bitbucket-workspace-subject']],
    [
      'such UUIDs with an issuer of another kind',
      trustPolicy('ci.example', {
        StringEquals: { 'ci.example:aud': BITBUCKET_AUDIENCE[`${BITBUCKET}:aud`] },
        StringLike: { 'ci.example:sub': `{${WORKSPACE}}:*` },
      }),
      [],
    ],
    [
      'a key of a third issuer, beside two of which one is written wrongly',
      trustPolicy(
        BITBUCKET,
        { StringEquals: { 'ci.example:aud': 'x' } },
        { Principal: { Federated: [providerArn(BITBUCKET), providerArn(`https://${GITHUB}`)] } },
      ),
      [],
      'key-other-issuer',
    ],
    ["the workspace's UUID for the environment's", like(`{${REPOSITORY}}:{${WORKSPACE}}:*`), []],
    ['a shell variable', like('${BITBUCKET_REPO_UUID}:*'), ['placeholder']],
    ['a word to be replaced', like('{YOUR_REPO_UUID}:*'), ['placeholder']],
    ['a GitHub subject with a wildcard for the ref', wide(GITHUB, 'repo:acme/shop:ref:*'), []],
    ['an owner of such a name', github({ StringLike: { [`${GITHUB}:sub`]: 'repo:your-site/x:pull_request' } }), []],
    ...[
      { sub: 'sc://acme/shop', found: ['azure-subject-form'] },
      { sub: 'sc://acme/shop/', found: ['azure-subject-form'] },
      { sub: 'p://acme/shop/folder/x', found: [] },
    ].map(
      ({ sub, found: ids }): Row => [
        `the Azure DevOps subject ${sub}`,
        azure({ StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: sub } }),
        ids,
      ],
    ),
    [
      'an Azure DevOps subject whose wildcard may stand for the rest',
      azure({ StringEquals: AZURE_AUDIENCE, StringLike: { [`${AZURE}:sub`]: 'sc://acme/shop*' } }),
      ['subject-wide'],
    ],
    [
      'a documentation placeholder',
      trustPolicy(AZURE, { StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: 'sc://<org>/shop/aws' } }),
      ['placeholder'],
    ],
    [
      'three slashes for a pipeline',
      azure({ StringEquals: { [`${AZURE}:sub`]: 'p:///acme/shop/x' } }),
      ['audience-missing', 'azure-three-slashes'],
    ],
    [
      'an Azure DevOps pattern that starts anywhere',
      azure({ StringLike: { [`${AZURE}:sub`]: '*/acme/x' } }),
      ['audience-missing', 'subject-wide'],
    ],
    [
      'a run id of Azure DevOps',
      azure({ StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: 'p://acme/shop/x', [`${AZURE}:run_id`]: '7' } }),
      ['unsupported-key'],
    ],
    [
      'a pipeline of Bitbucket',
      trustPolicy(BITBUCKET, {
        StringEquals: { ...BITBUCKET_AUDIENCE, [`${BITBUCKET}:pipelineUuid`]: 'x' },
        StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      ['unsupported-key'],
    ],
    [
      'a GitLab group',
      trustPolicy('gitlab.com', { StringLike: { 'gitlab.com:aud': 'x', 'gitlab.com:sub': 'project_path:acme/*' } }),
      ['subject-wide'],
    ],
    [
      'a GitLab project',
      trustPolicy('gitlab.com', {
        StringLike: { 'gitlab.com:aud': 'x', 'gitlab.com:sub': 'project_path:acme/site:*' },
      }),
      [],
    ],
    [
      'an HCP Terraform organization',
      trustPolicy('app.terraform.io', {
        StringLike: { 'app.terraform.io:aud': 'x', 'app.terraform.io:sub': 'organization:acme:*' },
      }),
      ['subject-wide'],
    ],
    [
      'an HCP Terraform workspace',
      trustPolicy('app.terraform.io', {
        StringLike: { 'app.terraform.io:aud': 'x', 'app.terraform.io:sub': 'organization:a:project:b:workspace:c:*' },
      }),
      [],
    ],
    ['an unknown issuer without any condition', trustPolicy('ci.example', {}), ['subject-missing', 'audience-missing']],
    [
      'SAML beside a provider',
      trustPolicy(
        BITBUCKET,
        { StringEquals: { 'other.example:sub': 'x' } },
        { Principal: { Federated: [SAML, providerArn(BITBUCKET)] } },
      ),
      ['audience-missing', 'key-other-issuer'],
    ],
    [
      'SAML beside another issuer',
      trustPolicy(BITBUCKET, like(`{${REPOSITORY}}:*`), {
        Principal: { Federated: [SAML, providerArn(BITBUCKET)] },
        Condition: { StringEquals: { ...BITBUCKET_AUDIENCE, [`${BITBUCKET}:sub`]: 'x' } },
      }),
      ['principal-other-issuer', 'principal-other-issuer', 'bitbucket-slug'],
      { issuer: GITHUB },
    ],
    [
      'SAML beside a shared issuer',
      trustPolicy(GITHUB, {}, { Principal: { Federated: [SAML, providerArn(GITHUB)] } }),
      ['shared-issuer-guard', 'audience-missing'],
    ],
    ['an IAM variable', like(`{${REPOSITORY}}:\${aws:userid}*`), []],
    [
      'a literal star in Equals',
      github({ StringEqualsIgnoreCase: { [`${GITHUB}:sub`]: 'repo:acme/site:ref:refs/heads/${*}' } }),
      [],
    ],
    [
      'job_workflow_ref in place of a subject',
      github({ StringLike: { [`${GITHUB}:job_workflow_ref`]: 'acme/ci/.github/workflows/deploy.yml@*' } }),
      ['workflow-callers'],
    ],
    [
      'a claim GitHub has and AWS offers',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*', [`${GITHUB}:repository_id`]: '7' } }),
      [],
    ],
    [
      'a claim GitHub has and AWS does not offer',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*', [`${GITHUB}:run_id`]: '7' } }),
      ['unsupported-key'],
    ],
    [
      'a branch of any repository of an owner',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/*:ref:refs/heads/main' } }),
      ['subject-wide'],
    ],
    ['a whole owner', github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } }), ['subject-wide']],
    [
      'a subject with IfExists',
      github({ StringLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme/site:*' } }),
      ['shared-issuer-guard', 'passes-without-key'],
    ],
    [
      'a subject that must not be one',
      trustPolicy(BITBUCKET, {
        StringEquals: BITBUCKET_AUDIENCE,
        StringNotLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      ['subject-missing', 'passes-without-key'],
    ],
    [
      'a key without a colon',
      trustPolicy(BITBUCKET, { StringEquals: { ...BITBUCKET_AUDIENCE, sub: 'x' } }),
      ['subject-missing', 'unsupported-key'],
    ],
    [
      'an audience with braces',
      trustPolicy(BITBUCKET, {
        StringEquals: { [`${BITBUCKET}:aud`]: `ari:cloud:bitbucket::workspace/{${WORKSPACE}}` },
        StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      ['audience-wrong'],
    ],
    [
      'an audience of its own',
      trustPolicy(BITBUCKET, {
        StringEquals: { [`${BITBUCKET}:aud`]: 'https://internal.example' },
        StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      [],
    ],
    [
      'an audience pattern',
      trustPolicy(BITBUCKET, {
        StringLike: { [`${BITBUCKET}:aud`]: 'ari:*', [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      [],
    ],
    [
      'an audience pattern that begins with a wildcard',
      trustPolicy(BITBUCKET, {
        StringLike: { [`${BITBUCKET}:aud`]: `*:workspace/${WORKSPACE}`, [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      [],
    ],
    [
      'an audience pattern for Azure DevOps',
      trustPolicy(AZURE, {
        StringLike: { [`${AZURE}:aud`]: 'api://*' },
        StringEquals: { [`${AZURE}:sub`]: 'p://acme/shop/deploy' },
      }),
      [],
    ],
    [
      'another audience for Azure DevOps',
      trustPolicy(AZURE, {
        StringEquals: { [`${AZURE}:aud`]: 'sts.amazonaws.com', [`${AZURE}:sub`]: 'p://acme/shop/deploy' },
      }),
      ['audience-wrong'],
    ],
    [
      'a whole Azure DevOps organization',
      trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [`${AZURE}:sub`]: 'sc://acme/*' } }),
      ['subject-wide'],
    ],
    [
      'a whole Azure DevOps project',
      trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [`${AZURE}:sub`]: 'sc://acme/shop/*' } }),
      ['subject-wide'],
    ],
    [
      'the Entra issuer',
      trustPolicy(entra, {
        StringEquals: {
          [`${entra}:aud`]: 'api://AzureADTokenExchange',
          [`${entra}:sub`]: '/eid1/c/pub/t/a/a/b/sc/o/c',
        },
      }),
      [],
    ],
    [
      'an Entra pattern for one connection',
      trustPolicy(entra, {
        StringEquals: { [`${entra}:aud`]: 'x' },
        StringLike: { [`${entra}:sub`]: `/eid1/*/sc/${ORGANIZATION}/${REPOSITORY}` },
      }),
      [],
    ],
    [
      'an Entra pattern for any connection',
      trustPolicy(entra, { StringEquals: { [`${entra}:aud`]: 'x' }, StringLike: { [`${entra}:sub`]: '/eid1/*' } }),
      ['subject-wide'],
    ],
    [
      'the old subject on the Entra issuer',
      trustPolicy(entra, { StringEquals: { [`${entra}:aud`]: 'x', [`${entra}:sub`]: 'sc://acme/shop/aws' } }),
      ['azure-subject-form'],
    ],
    [
      'the organization name in the issuer',
      trustPolicy('vstoken.dev.azure.com/acme', {
        StringEquals: {
          'vstoken.dev.azure.com/acme:aud': 'api://AzureADTokenExchange',
          'vstoken.dev.azure.com/acme:sub': 'sc://acme/shop/aws',
        },
      }),
      ['issuer-form'],
    ],
    [
      'an incomplete Bitbucket issuer',
      trustPolicy('api.bitbucket.org/acme', {
        StringEquals: { 'api.bitbucket.org/acme:aud': 'a', 'api.bitbucket.org/acme:sub': 'b' },
      }),
      ['issuer-form'],
    ],
    [
      'a Bitbucket issuer with a UUID in braces',
      trustPolicy(BITBUCKET.replace('acme', `{${REPOSITORY}}`), {
        StringEquals: {
          [`${BITBUCKET.replace('acme', `{${REPOSITORY}}`)}:aud`]: 'a',
          [`${BITBUCKET.replace('acme', `{${REPOSITORY}}`)}:sub`]: 'b',
        },
      }),
      ['issuer-form'],
    ],
    [
      'a scheme in the ARN',
      trustPolicy(`https://${GITHUB}`, {
        StringEquals: { [`${GITHUB}:aud`]: 'a', [`${GITHUB}:sub`]: 'repo:acme/site:pull_request' },
      }),
      ['issuer-form'],
    ],
    [
      'a slash at the end',
      trustPolicy(`${GITHUB}/`, { StringEquals: { [`${GITHUB}/:aud`]: 'a', [`${GITHUB}/:sub`]: 'b' } }),
      ['issuer-form'],
    ],
    [
      'an issuer nobody here knows',
      trustPolicy('ci.example', {
        StringEquals: { 'ci.example:aud': 'a', 'ci.example:sub': 'b', 'ci.example:team': 'c' },
      }),
      [],
    ],
    [
      'SAML and Cognito',
      trustPolicy(
        'x',
        {},
        { Principal: { Federated: ['arn:aws:iam::123456789012:saml-provider/x', 'cognito-identity.amazonaws.com'] } },
      ),
      ['builtin-provider-open'],
    ],
    [
      'a lone statement',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } },
      ['principal-everyone'],
    ],
    [
      'an AWS role',
      {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' },
      },
      [],
    ],
    [
      'an AWS role that should carry tags',
      {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' },
      },
      ['tag-session-missing'],
      { sessionTags: true },
    ],
    [
      'a Deny of what is not the repository',
      {
        Version: '2012-10-17',
        Statement: [
          ...statementsOf(like(`{${REPOSITORY}}:*`)),
          {
            Effect: 'Deny',
            Principal: { Federated: providerArn(BITBUCKET) },
            Action: 'sts:*',
            Condition: { StringNotLike: { [`${BITBUCKET}:sub`]: '*' } },
          },
        ],
      },
      [],
    ],
    [
      'a Deny of what would be wide, everybody or a slip in an Allow',
      {
        Version: '2012-10-17',
        Statement: [
          ...statementsOf(like(`{${REPOSITORY}}:*`)),
          ...[{ AWS: '*' }, { Federated: [providerArn(BITBUCKET), providerArn(GITHUB)] }].map((Principal) => ({
            Effect: 'Deny',
            Principal,
            NotAction: 'sts:TagSession',
            Condition: { StringLike: { [`${BITBUCKET}:sub`]: ['{*-*}:*', 'acme/site:*'] } },
          })),
        ],
      },
      [],
      { issuer: BITBUCKET },
    ],
    ['a policy of exactly 2048 characters', policyOfLength(2048), []],
    ['a policy of one character more', policyOfLength(2049), ['policy-too-long']],
    [
      'an action whose name only ends like one of STS',
      trustPolicy('ci.example', WITH_SUBJECT, { Action: ['sts:AssumeRoleWithWebIdentity', 'x-sts:AssumeRole'] }),
      ['action-not-sts'],
    ],
    [
      'one statement for each action, with tags',
      twoStatements({ Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: 'sts:TagSession' }),
      [],
      { sessionTags: true },
    ],
    [
      'tags allowed nowhere, beside a statement that assumes nothing',
      twoStatements({ Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: 'sts:SetSourceIdentity' }),
      ['tag-session-missing'],
      { sessionTags: true },
    ],
    [
      'tags allowed nowhere, and denied',
      twoStatements({ Action: 'sts:AssumeRoleWithWebIdentity' }, { Effect: 'Deny', Action: 'sts:*' }),
      ['tag-session-missing'],
      { sessionTags: true },
    ],
    [
      'one statement that allows the action beside one that does not',
      twoStatements({ Action: 'sts:AssumeRoleWithWebIdentity' }, { Action: 'sts:AssumeRole' }),
      [],
    ],
    [
      'everybody beside a provider',
      trustPolicy('ci.example', WITH_SUBJECT, { Principal: { AWS: '*', Federated: providerArn('ci.example') } }),
      ['principal-everyone'],
    ],
    [
      'a star for the provider',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { Federated: '*' }, Action: 'sts:*' } },
      ['principal-form'],
    ],
    [
      'the right issuer beside another and an AWS account',
      {
        Version: '2012-10-17',
        Statement: [
          ...statementsOf(like(`{${REPOSITORY}}:*`)),
          ...statementsOf(trustPolicy('ci.example', WITH_SUBJECT)),
          { Effect: 'Allow', Principal: { AWS: '123456789012', Federated: SAML }, Action: 'sts:AssumeRole' },
        ],
      },
      [],
      { issuer: `https://${BITBUCKET}` },
    ],
    [
      'another issuer beside SAML in a statement of its own',
      twoStatements({}, { Principal: { Federated: SAML }, Action: 'sts:AssumeRoleWithSAML', Condition: {} }),
      ['principal-other-issuer'],
      { issuer: BITBUCKET },
    ],
    [
      'SAML and the provider, for a role of that account',
      trustPolicy('ci.example', WITH_SUBJECT, { Principal: { Federated: [SAML, providerArn('ci.example')] } }),
      [],
      { roleArn: 'arn:aws:iam::123456789012:role/x' },
    ],
    [
      'SAML of another account than the role',
      trustPolicy('ci.example', {}, { Principal: { Federated: SAML }, Action: 'sts:AssumeRoleWithSAML' }),
      [],
      { roleArn: 'arn:aws:iam::210987654321:role/x' },
    ],
    [
      'a shared issuer beside one of a customer alone, without a subject',
      trustPolicy(
        GITHUB,
        { StringEquals: { [`${GITHUB}:aud`]: 'x' } },
        { Principal: { Federated: [providerArn(GITHUB), providerArn(BITBUCKET)] } },
      ),
      ['shared-issuer-guard'],
    ],
    [
      'a subject under the key of the second issuer',
      trustPolicy('ci.example', WITH_SUBJECT, {
        Principal: { Federated: [providerArn(GITHUB), providerArn('ci.example')] },
      }),
      [],
    ],
    ['a question mark alone, which is no subject there is', like('?'), []],
    ['a star among letters', trustPolicy('ci.example', { StringLike: { ...AUD, 'ci.example:sub': 'a*' } }), []],
    [
      'a star that Equals takes for a character',
      trustPolicy('ci.example', { StringEquals: { ...AUD, 'ci.example:sub': '*' } }),
      ['equals-with-wildcard'],
    ],
    [
      'the audience of an authorized party',
      trustPolicy('ci.example', { StringEquals: { 'ci.example:oaud': 'x', 'ci.example:sub': 'y' } }),
      [],
    ],
    [
      'a question mark in a request key, where it may be meant',
      trustPolicy('ci.example', {
        StringEquals: { ...WITH_SUBJECT.StringEquals, 'aws:Referer': 'https://example.com/?a' },
      }),
      [],
    ],
    [
      'a wildcard in an ARN operator that ends in Equals',
      trustPolicy('ci.example', { ...WITH_SUBJECT, ArnEquals: { 'ci.example:team': 'arn:aws:iam::*:role/x' } }),
      [],
    ],
    [
      'an operator IAM does not have, on the subject',
      trustPolicy('ci.example', { StringEquals: AUD, StringStartsWith: { 'ci.example:sub': 'a*' } }),
      ['subject-missing', 'unknown-operator'],
    ],
    [
      'a subject under ForAllValues',
      trustPolicy('ci.example', { StringEquals: AUD, 'ForAllValues:StringEquals': { 'ci.example:sub': 'a' } }),
      ['subject-missing', 'for-all-values-in-allow'],
    ],
    [
      'negated and for all values',
      trustPolicy('ci.example', { ...WITH_SUBJECT, 'ForAllValues:StringNotEquals': { 'ci.example:amr': 'a' } }),
      ['for-all-values-in-allow'],
    ],
    [
      'a request key that may be missing',
      trustPolicy('ci.example', { ...WITH_SUBJECT, StringEqualsIfExists: { 'aws:RequestedRegion': 'eu-west-1' } }),
      [],
    ],
    [
      'a workflow in place of an audience guard',
      trustPolicy('oidc.vercel.com', { StringEquals: { 'oidc.vercel.com:job_workflow_ref': 'x' } }),
      ['shared-issuer-guard', 'audience-missing'],
    ],
    [
      'a claim whose name has a colon, of an issuer in capitals',
      trustPolicy('ci.example', { StringEquals: { ...WITH_SUBJECT.StringEquals, 'CI.example:urn:team': 'x' } }),
      [],
    ],
    [
      'the claim of a CircleCI project, whose name begins with the host',
      trustPolicy(CIRCLECI, {
        StringEquals: {
          [`${CIRCLECI}:aud`]: ORGANIZATION,
          [`${CIRCLECI}:sub`]: 'x',
          [`${CIRCLECI}:oidc.circleci.com/project-id`]: REPOSITORY,
        },
      }),
      ['circleci-forks'],
    ],
    [
      'the ARN and the URL of a provider without a claim',
      trustPolicy('ci.example', {
        StringEquals: { ...WITH_SUBJECT.StringEquals, [providerArn('ci.example')]: 'x', 'https://ci.example': 'x' },
      }),
      ['unsupported-key', 'unsupported-key'],
    ],
    [
      'the ARN of another kind before the claim',
      trustPolicy('ci.example', {
        StringEquals: {
          ...WITH_SUBJECT.StringEquals,
          [`x-${providerArn('ci.example')}:sub`]: 'x',
          'xhttps://a:sub': 'x',
        },
      }),
      ['key-other-issuer', 'key-other-issuer'],
    ],
    [
      'a scheme in capitals and http://',
      trustPolicy('ci.example', {
        StringEquals: { ...WITH_SUBJECT.StringEquals, 'HTTPS://ci.example:sub': 'x', 'http://ci.example:aud': 'x' },
      }),
      ['scheme-in-key', 'scheme-in-key'],
    ],
    ['a placeholder among braces', like('{<REPO_UUID>}:*'), ['placeholder']],
    ['a policy variable that may stand for anything', like('${aws:PrincipalTag/repo}-site:*'), ['subject-variable']],
    [
      'a policy variable before an Azure DevOps subject',
      trustPolicy(AZURE, {
        StringEquals: AZURE_AUDIENCE,
        StringLike: { [`${AZURE}:sub`]: '${aws:PrincipalTag/x}sc://acme/shop/*' },
      }),
      ['subject-variable'],
    ],
    ['a Bitbucket pattern of dashes', like('{*-*-*}:*'), ['subject-any']],
    ['a UUID doubled by a template at its end', like(`{${REPOSITORY}}}:*`), ['bitbucket-braces-surplus']],
    [
      'an audience of another system, as a pattern without a wildcard',
      trustPolicy(BITBUCKET, {
        StringLike: { [`${BITBUCKET}:aud`]: 'sts.amazonaws.com', [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      ['audience-wrong'],
    ],
    ...['sts.amazonaws.com', 'api://AzureADTokenExchange', 'aws.workload.identity'].map(
      (audience): [string, unknown, readonly string[]] => [
        `the audience of another system: ${audience}`,
        trustPolicy(BITBUCKET, {
          StringEquals: { [`${BITBUCKET}:aud`]: audience },
          StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
        }),
        ['audience-wrong'],
      ],
    ),
    [
      'an audience with a star that is none',
      trustPolicy(BITBUCKET, {
        StringEquals: { [`${BITBUCKET}:aud`]: 'ari:cloud:bitbucket::workspace/*' },
        StringLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:*` },
      }),
      ['audience-wrong', 'equals-with-wildcard'],
    ],
    ...['asc:///acme/shop/x', 'x/sc://acme/shop/x', 'acme/*', ''].map((sub): [string, unknown, readonly string[]] => [
      `an Azure DevOps subject that begins otherwise: "${sub}"`,
      trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [`${AZURE}:sub`]: sub } }),
      ['azure-subject-form'],
    ]),
    ...(
      [
        [GITHUB, 'repo:acme/site:*'],
        ['gitlab.com', 'project_path:acme/site:*'],
        [CIRCLECI, `org/${ORGANIZATION}/project/${REPOSITORY}/*`],
        ['agent.buildkite.com', 'organization:acme:pipeline:site:*'],
        ['app.terraform.io', 'organization:acme:project:net:workspace:prod:*'],
      ] as const
    ).flatMap(([issuer, sub]): [string, unknown, readonly string[]][] => {
      const policy = (value: string) =>
        trustPolicy(issuer, { StringLike: { [`${issuer}:aud`]: 'x', [`${issuer}:sub`]: value } });
      const [forks, isShared] = [issuer === CIRCLECI ? ['circleci-forks'] : [], guardedClaim(issuer) !== undefined];
      return [
        [`one scope: ${sub}`, policy(sub), forks],
        [
          `a scope after something else: x${sub}`,
          policy(`x${sub}`),
          [...forks, isShared ? 'subject-owner-open' : 'subject-wide'],
        ],
        [
          `a subject of another form, whole: x-${issuer}`,
          policy('custom:42'),
          [...forks, ...(isShared ? ['subject-owner-missing'] : [])],
        ],
      ];
    }),
    ...(
      [
        [GITHUB, 'repo:acme*'],
        [GITHUB, 'repo:acme?/shop:*'],
        [GITHUB, 'repo:*/shop:*'],
        [GITHUB, '*:ref:refs/heads/main'],
        [GITHUB, 'environment:production:*'],
        [GITHUB, 'environment:production:repo:*'],
        // Workflows have free names, and anyone may call the workflow of a public repository.
        [GITHUB, 'environment:production:repo:acme/*'],
        [GITHUB, 'workflow:deploy:repository_owner_id:1:*'],
        [GITHUB, 'job_workflow_ref:acme/*'],
        [GITHUB, 'repository_owner:acme*'],
        [GITHUB, 'repository_owner_id:1*'],
        [GITHUB, 'repository_id:1*'],
        [GITHUB, 'enterprise:acme*'],
        [GITHUB, 'my-repo:acme/*'],
        ['gitlab.com', 'project_path:*'],
        ['gitlab.com', 'project_path:acme*'],
        ['gitlab.com', 'x:project_path:acme/*'],
        ['app.terraform.io', 'organization:*'],
        ['app.terraform.io', 'organization:acme*'],
        ['app.terraform.io', 'x:organization:acme:*'],
        ['agent.buildkite.com', 'organization:*:pipeline:site:*'],
        ['agent.buildkite.com', 'x:organization:acme:*'],
      ] as const
    ).map(([issuer, sub]): Row => [`${sub} of ${issuer}`, wide(issuer, sub), ['subject-owner-open']]),
    ...(
      [
        [GITHUB, 'repo:acme/*'],
        [GITHUB, 'repository:acme/*'],
        [GITHUB, 'ref_type:branch:repo:acme/*'],
        [GITHUB, 'repository_owner:acme:*'],
        [GITHUB, 'repository_owner_id:1:*'],
        [GITHUB, 'enterprise:acme:*'],
        [GITHUB, 'enterprise_id:1:*'],
        ['gitlab.com', 'project_path:acme/*'],
        ['agent.buildkite.com', 'organization:acme:*'],
        // These belong to one enterprise or server, so customers do not share them.
        [`${GITHUB}/acme`, 'repo:*'],
        ['token.actions.acme.ghe.com', 'repo:*'],
        ['127.0.0.1:4599/github', 'repo:*'],
      ] as const
    ).map(([issuer, sub]): Row => [`${sub} of ${issuer}`, wide(issuer, sub), ['subject-wide']]),
    ['an owner left open and a placeholder', wide(GITHUB, 'repo:<owner>/*'), ['placeholder']],
    ['a whole subject that names no owner', wide(GITHUB, 'custom'), ['subject-owner-missing']],
    ['a repository by its id', wide(GITHUB, 'repository_id:1:*'), []],
    ['any subject of a shared issuer', wide(GITHUB, '*'), ['subject-any']],
    [
      'subjects to leave out of all of a shared issuer',
      github({ StringNotLike: { [`${GITHUB}:sub`]: 'repo:*' } }),
      ['shared-issuer-guard', 'passes-without-key'],
    ],
    ...(
      [
        [GITHUB, 'repository', 'acme/site', true],
        [GITHUB, 'repository', 'acme/*', 'owner'],
        [GITHUB, 'repository', 'acme*', false],
        [GITHUB, 'repository', '*/site', false],
        [GITHUB, 'Repository_ID', '7', true],
        [GITHUB, 'repository_id', '7*', false],
        [GITHUB, 'repository_owner_id', '7', true],
        [GITHUB, 'enterprise_id', '7', true],
        [GITHUB, 'job_workflow_ref', 'acme/ci/.github/workflows/deploy.yml@*', false],
        [GITHUB, 'job_workflow_ref', '*/ci/.github/workflows/deploy.yml@v1', false],
        [GITHUB, 'environment', 'production', false],
        [GITHUB, 'actor', 'ann', false],
        ['gitlab.com', 'namespace_id', '7', true],
        ['gitlab.com', 'project_id', '7', true],
        ['gitlab.com', 'user_login', 'ann', false],
        ['agent.buildkite.com', 'organization_id', '7', true],
        ['agent.buildkite.com', 'organization_slug', 'acme', true],
        ['agent.buildkite.com', 'pipeline_id', '7', true],
        ['agent.buildkite.com', 'cluster_id', '7', true],
        ['agent.buildkite.com', 'pipeline_slug', 'site', false],
      ] as const
    ).map(
      ([issuer, claim, value, pins]): Row => [
        `${claim} ${value} beside an open owner`,
        wide(issuer, 'x:*', { StringLike: { [`${issuer}:${claim}`]: value, [`${issuer}:sub`]: 'x:*' } }),
        pins === true ? [] : [pins === 'owner' ? 'subject-wide' : 'subject-owner-open'],
      ],
    ),
    [
      'an owner that one of two conditions names',
      wide(GITHUB, 'repo:*', {
        StringLike: { [`${GITHUB}:sub`]: 'repo:*' },
        StringEquals: { [`${GITHUB}:aud`]: 'x', [`${GITHUB}:repository_id`]: '7' },
        'ForAnyValue:StringLike': { [`${GITHUB}:repository`]: ['acme/site', '*'] },
      }),
      [],
    ],
    [
      'an owner beside any other owner',
      wide(GITHUB, 'repo:*', {
        StringLike: { [`${GITHUB}:sub`]: 'repo:*', [`${GITHUB}:repository`]: ['acme/site', '*'] },
      }),
      ['subject-owner-open'],
    ],
    [
      'an owner that need not be there',
      wide(GITHUB, 'repo:*', {
        StringLike: { [`${GITHUB}:sub`]: 'repo:*' },
        StringEqualsIfExists: { [`${GITHUB}:repository`]: 'acme/site' },
      }),
      ['passes-without-key', 'subject-owner-open'],
    ],
    [
      'an owner whose claim AWS does not offer',
      wide(GITHUB, 'repo:*', { StringLike: { [`${GITHUB}:sub`]: 'repo:*', [`${GITHUB}:repository_owner`]: 'acme' } }),
      ['unsupported-key', 'subject-owner-open'],
    ],
    [
      'an owner under a key that is never filled',
      wide(GITHUB, 'repo:*', {
        StringLike: { [`${GITHUB}:sub`]: 'repo:*', [`https://${GITHUB}:repository`]: 'acme/site' },
      }),
      ['scheme-in-key'],
    ],
    ['any workflow in place of a subject', workflow('*'), ['subject-any']],
    [
      'any workflow beside one',
      workflow(['acme/ci/.github/workflows/deploy.yml@v1', '*/*']),
      ['subject-any', 'workflow-callers'],
    ],
    ['a workflow of anybody', workflow('*/.github/workflows/deploy.yml@*'), ['subject-owner-open']],
    ['a workflow of who begins alike', workflow('acme*'), ['subject-owner-open']],
    ['workflows of an owner', workflow('acme/*'), ['workflow-callers', 'subject-wide']],
    [
      'workflows of repositories that begin alike',
      workflow('acme/ci*/.github/x.yml@v1'),
      ['workflow-callers', 'subject-wide'],
    ],
    ['workflows of a repository', workflow('acme/ci/*'), ['workflow-callers']],
    [
      'any workflow, of one repository',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*', [`${GITHUB}:job_workflow_ref`]: '*' } }),
      [],
    ],
    [
      'any workflow, of a repository that need not be there',
      github({
        StringLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme/site:*' },
        StringLike: { [`${GITHUB}:job_workflow_ref`]: '*' },
      }),
      ['subject-any', 'passes-without-key'],
    ],
    ...['*', '?*', '**'].map(
      (audience): Row => [
        `the audience ${audience}`,
        trustPolicy(GITHUB, { StringLike: { [`${GITHUB}:aud`]: audience, [`${GITHUB}:sub`]: 'repo:acme/site:*' } }),
        ['audience-missing'],
      ],
    ),
    [
      'any audience beside one',
      trustPolicy(GITHUB, { StringLike: { [`${GITHUB}:aud`]: ['x', '*'], [`${GITHUB}:sub`]: 'repo:acme/site:*' } }),
      ['audience-missing'],
    ],
    [
      'any original audience',
      trustPolicy(GITHUB, { StringLike: { [`${GITHUB}:oaud`]: '*', [`${GITHUB}:sub`]: 'repo:acme/site:*' } }),
      ['audience-missing'],
    ],
    [
      'an audience that Equals takes literally',
      trustPolicy(GITHUB, {
        StringEquals: { [`${GITHUB}:aud`]: '*' },
        StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' },
      }),
      ['equals-with-wildcard'],
    ],
    [
      'any audience where IAM insists on one',
      trustPolicy('oidc.vercel.com', { StringLike: { 'oidc.vercel.com:aud': '*', 'oidc.vercel.com:sub': 'x' } }),
      ['shared-issuer-guard', 'audience-missing'],
    ],
    [
      'an audience where IAM insists on one',
      trustPolicy('oidc.vercel.com', {
        StringLike: { 'oidc.vercel.com:aud': 'https://vercel.com/acme', 'oidc.vercel.com:sub': 'x' },
      }),
      [],
    ],
    [
      'the beginning of an audience where IAM insists on one',
      trustPolicy('oidc.vercel.com', {
        StringLike: { 'oidc.vercel.com:aud': 'https://vercel.com/acme*', 'oidc.vercel.com:sub': 'x' },
      }),
      ['subject-owner-open'],
    ],
    [
      'a policy in use, with a key nobody fills under ForAllValues',
      trustPolicy(GITHUB, {
        'ForAllValues:StringEquals': { [`${GITHUB}:iss`]: `http://${GITHUB}`, [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' },
      }),
      ['key-always-passes', 'for-all-values-in-allow'],
    ],
    ...['StringNotEquals', 'StringLikeIfExists', 'ForAllValues:StringLike'].flatMap((operator): Row[] =>
      [
        `${BITBUCKET}:branchName`,
        `https://${BITBUCKET}:email`,
        `${GITHUB}:sub`,
        'sub',
        `${providerArn(BITBUCKET)}:email`,
      ].map(
        (key): Row => [
          `${operator} on ${key}`,
          like(`{${REPOSITORY}}:*`, { [operator]: { [key]: 'x' } }),
          ['key-always-passes'],
        ],
      ),
    ),
    [
      'Null on a key nobody fills',
      like(`{${REPOSITORY}}:*`, { Null: { [`${BITBUCKET}:branchName`]: ['false', 'True'] } }),
      ['key-always-passes'],
    ],
    [
      'Null false on a key nobody fills',
      like(`{${REPOSITORY}}:*`, { Null: { [`${BITBUCKET}:branchName`]: 'false' } }),
      ['unsupported-key'],
    ],
    [
      'ForAnyValue on a key nobody fills',
      like(`{${REPOSITORY}}:*`, { 'ForAnyValue:StringNotEquals': { [`${BITBUCKET}:branchName`]: 'x' } }),
      ['unsupported-key'],
    ],
    ['Null on a claim', like(`{${REPOSITORY}}:*`, { Null: { [`${BITBUCKET}:email`]: 'true' } }), []],
    [
      'an operator IAM has not, on a key nobody fills',
      like(`{${REPOSITORY}}:*`, { Nonsense: { [`${BITBUCKET}:branchName`]: 'x' } }),
      ['unsupported-key', 'unknown-operator'],
    ],
    [
      'a key with a scheme in a Deny, and another issuer',
      {
        Version: '2012-10-17',
        Statement: [
          ...statementsOf(like(`{${REPOSITORY}}:*`)),
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sts:*',
            Condition: { StringNotLike: { [`https://${BITBUCKET}:sub`]: 'x', [`${BITBUCKET}:sub`]: 'x' } },
          },
        ],
      },
      ['key-always-passes'],
    ],
    ...(
      [
        [
          {
            StringEquals: {
              [`${GITHUB}:actor`]: 'ann',
              [`${GITHUB.toUpperCase()}:sub`]: 'repo:acme/site:x',
              'ci.example:sub': 'y',
            },
          },
          true,
        ],
        [{ StringEquals: AUD, StringEqualsIfExists: { [`${GITHUB}:actor`]: 'ann' } }, false],
        [{ StringEquals: AUD, StringNotEquals: { [`${GITHUB}:actor`]: 'ann' } }, false],
        [{ StringEquals: AUD, 'ForAnyValue:StringNotEquals': { [`${GITHUB}:actor`]: 'ann' } }, true],
        [{ StringEquals: AUD, Nonsense: { [`${GITHUB}:actor`]: 'ann' } }, false],
        [{ StringEquals: { ...AUD, 'CI.example:sub': 'y', 'aws:SourceAccount': 'x' } }, false],
        [{ StringEquals: { ...AUD, 'other.example:sub': 'y' } }, false],
        [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, true],
        [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, false],
        [{ NumericLessThan: { 'AWS:MultiFactorAuthAge': '60' } }, true],
        [{ Null: { 'sts:ExternalId': 'true' } }, false],
        [{ Null: { 'sts:ExternalId': 'false' } }, true],
      ] as const
    ).map(
      ([condition, never]): Row => [
        `${JSON.stringify(condition)} of two providers: ${never ? 'never' : 'can be'} fulfilled`,
        trustPolicy('ci.example', condition, {
          Principal: { Federated: [providerArn('ci.example'), providerArn(GITHUB)] },
        }),
        never ? ['never-fulfilled'] : [],
        'never-fulfilled',
      ],
    ),
    [
      'an external id of an AWS principal',
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '123456789012' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
          },
        ],
      },
      [],
    ],
    ...(
      [
        [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRole', false],
        [{ StringLike: { 'AWS:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }, 'sts:*', false],
        [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }, 'sts:AssumeRole', false],
        [{ StringEquals: { 'aws:PrincipalAccount': '123456789012' } }, 'sts:AssumeRole', false],
        [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } }, 'sts:AssumeRole', false],
        [{ StringLike: { 'aws:PrincipalOrgID': ['o-1', '*'] } }, 'sts:AssumeRole', true],
        [{ StringLike: { 'aws:PrincipalOrgID': '**' } }, 'sts:AssumeRole', true],
        [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRole', true],
        [{ 'ForAnyValue:StringNotEquals': { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRole', true],
        [{ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRole', true],
        [{ Nonsense: { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRole', true],
        [{ StringEquals: { 'aws:PrincipalType': 'User' } }, 'sts:AssumeRole', true],
        [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } }, 'sts:AssumeRole', true],
        [{ StringLike: { 'aws:PrincipalArn': 'arn:*:iam::123456789012:role/deploy' } }, 'sts:AssumeRole', true],
        [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws*:iam::123456789012:role/deploy' } }, 'sts:AssumeRole', false],
        [{ StringLike: { 'aws:PrincipalAccount': '9*' } }, 'sts:AssumeRole', true],
        [{ StringLike: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } }, 'sts:AssumeRole', true],
        [{ StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } }, 'sts:AssumeRole', false],
        [{ StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } }, 'sts:AssumeRole', false],
        [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:ResourceAccount}:role/*' } }, 'sts:AssumeRole', false],
        [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::${aws:PrincipalAccount}:role/*' } }, 'sts:AssumeRole', true],
        [{ StringLike: { 'aws:PrincipalOrgID': 'o-acme*' } }, 'sts:AssumeRole', true],
        [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-acme*/*' } }, 'sts:AssumeRole', true],
        [{ 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-acme/*' } }, 'sts:AssumeRole', true],
        [{ StringLike: { 'aws:userid': 'AROAEXAMPLEEXAMPLE123:*' } }, 'sts:AssumeRole', false],
        [{ StringLike: { 'aws:userid': 'AROA*' } }, 'sts:AssumeRole', true],
        [{ StringEquals: { 'aws:PrincipalOrgID': [] } }, 'sts:AssumeRole', true],
        [{ StringEquals: { 'sts:ExternalId': 'x' } }, 'sts:AssumeRole', true],
        [{}, 'sts:TagSession', false],
        [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'sts:AssumeRoleWithWebIdentity', true],
      ] as const
    ).map(
      ([condition, action, everyone]): Row => [
        `every AWS account, ${action} with ${JSON.stringify(condition)}`,
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: action, Condition: condition }],
        },
        everyone ? ['principal-everyone'] : [],
        'principal-everyone',
      ],
    ),
    ...(
      [
        [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-acme123456' } }, '*', false],
        [{ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-acme123456' } }, { AWS: '*' }, false],
        [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }, '*', false],
        [{ ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ci' } }, '*', true],
        [{ 'ForAnyValue:StringNotEquals': { 'aws:PrincipalOrgPaths': 'o-acme/' } }, '*', true],
        [{ StringEquals: { 'aws:PrincipalOrgID': 'o-evil' } }, '*', true],
        [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-acme123456' } }, { AWS: '999988887777' }, true],
      ] as const
    ).map(
      ([condition, principal, everyone]): Row => [
        `every AWS account but by a Deny for ${JSON.stringify(principal)} with ${JSON.stringify(condition)}`,
        {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
            { Effect: 'Deny', Principal: principal, Action: 'sts:*', Condition: condition },
          ],
        },
        everyone ? ['principal-everyone'] : [],
        'principal-everyone',
      ],
    ),
    ...(
      [
        [{ StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' } }, '*', []],
        [{ StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } }, { Federated: providerArn(GITHUB) }, ['subject-wide']],
        [{ StringNotEquals: { [`${GITHUB}:repository_owner_id`]: '123' } }, '*', ['subject-wide']],
        [{ StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme*' } }, '*', ['subject-owner-open']],
        [{ StringLike: { [`${GITHUB}:sub`]: 'repo:evil/*' } }, '*', ['subject-owner-open']],
        [{ 'ForAnyValue:StringNotLike': { [`${GITHUB}:sub`]: 'repo:acme/*' } }, '*', ['subject-owner-open']],
        [
          { StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/*' } },
          { Federated: providerArn('x') },
          ['subject-owner-open'],
        ],
        [
          {
            StringNotLike: { [`${GITHUB}:sub`]: 'repo:acme/*' },
            StringEquals: { 'aws:SourceIp': '203.0.113.9' },
          },
          '*',
          ['subject-owner-open'],
        ],
        [{}, { AWS: '999988887777' }, ['subject-owner-open']],
      ] as const
    ).map(
      ([condition, principal, ids]): Row => [
        `every repository but by a Deny for ${JSON.stringify(principal)} with ${JSON.stringify(condition)}`,
        {
          Version: '2012-10-17',
          Statement: [
            ...statementsOf(wide(GITHUB, 'repo:*')),
            { Effect: 'Deny', Principal: principal, Action: 'sts:*', Condition: condition },
          ],
        },
        ids.filter((id) => id.startsWith('subject')),
      ],
    ),
    ...(
      [
        ['oidc.codefresh.io', 'account:*', ['subject-owner-open']],
        ['oidc.codefresh.io', 'account:acme*', ['subject-owner-open']],
        ['oidc.codefresh.io', 'account:acme:pipeline:*', []],
        ['scalr.io', 'account:acme:*', []],
        ['proidc.upbound.io', 'mcp:*', ['subject-owner-open']],
        ['proidc.upbound.io', 'mcp:acme/*', []],
        ['studio.datachain.ai/api', 'credentials:acme/*', []],
        ['tokens.cloud.shisho.dev', 'job:acme*', ['subject-owner-open']],
        ['tokens.cloud.shisho.dev', 'job:acme:*', []],
        ['vstoken.actions.githubusercontent.com', 'repo:*', ['subject-owner-open']],
        ['oidc-configuration.audit-log.githubusercontent.com', 'https://github.com/*', ['subject-owner-open']],
        ['oidc-configuration.audit-log.githubusercontent.com', 'https://github.com/acme', []],
        ['ghes.example.com/_services/token', 'repo:*', ['subject-wide']],
        ['ghes.example.com/_services/token', 'repo:acme*', ['subject-wide']],
        ['ghes.example.com/_services/token', 'repo:acme/site:*', []],
        ['gitlab.example.com', '*:ref:main', ['subject-wide']],
        ['gitlab.example.com', 'project_path:acme/site:*', []],
        ['oidc.eks.eu-west-1.amazonaws.com/id/X', 'system:serviceaccount:*:deployer', ['subject-wide']],
        ['oidc.eks.eu-west-1.amazonaws.com/id/X', 'system:serviceaccount:ci:deploy*', []],
        ['agent.acme.buildkite.site', 'organization:*', ['subject-wide']],
        ['acme.app.spacelift.io', 'space:*', ['subject-wide']],
        ['tfe.example.com', 'organization:acme:*', []],
        ['ci.example', '${ci.example:sub}', ['subject-variable']],
      ] as const
    ).map(([issuer, sub, ids]): Row => [`${sub} of ${issuer}`, wide(issuer, sub), ids]),
    [
      'an open audience of Pulumi',
      trustPolicy('api.pulumi.com/oidc', { StringLike: { 'api.pulumi.com/oidc:aud': 'aws:acme*' } }),
      ['subject-owner-open'],
    ],
    [
      'an organization of Pulumi by its subject',
      trustPolicy('api.pulumi.com/oidc', {
        StringLike: { 'api.pulumi.com/oidc:aud': 'aws:*', 'api.pulumi.com/oidc:sub': 'pulumi:deploy:org:acme:*' },
      }),
      [],
    ],
    [
      'an id compared as a number',
      wide(GITHUB, 'repo:*', {
        StringLike: { [`${GITHUB}:sub`]: 'repo:*' },
        NumericEquals: { [`${GITHUB}:repository_id`]: 456 },
      }),
      [],
    ],
    [
      'a subject in capitals where case does not count',
      azure({ StringEquals: AZURE_AUDIENCE, StringEqualsIgnoreCase: { [`${AZURE}:sub`]: 'SC://Acme/Shop/deploy' } }),
      [],
    ],
    [
      'a slug in capitals, with case or without',
      trustPolicy(BITBUCKET, {
        StringEquals: BITBUCKET_AUDIENCE,
        StringEqualsIgnoreCase: { [`${BITBUCKET}:sub`]: 'ACME/site:*' },
      }),
      ['equals-with-wildcard', 'bitbucket-slug'],
    ],
    ['the beginning of a UUID', like(`{${REPOSITORY.slice(0, 8)}*`), ['subject-wide']],
    [
      'a tag of the role in the subject',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:${aws:ResourceTag/owner}/site:*' } }),
      [],
    ],
    [
      'a condition on a tag of the role',
      github({ StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' }, StringEquals: { 'iam:ResourceTag/ci': 'yes' } }),
      ['audience-missing'],
    ],
    [
      'sts:TagSession in a statement of its own',
      {
        Version: '2012-10-17',
        Statement: [
          ...statementsOf(wide(GITHUB, 'repo:acme/site:*')),
          ...statementsOf(trustPolicy(GITHUB, {}, { Action: 'sts:TagSession' })),
        ],
      },
      [],
    ],
    [
      'an exception beside a subject',
      like(`{${REPOSITORY}}:*`, { StringNotLike: { [`${BITBUCKET}:sub`]: `{${REPOSITORY}}:{${ORGANIZATION}}:*` } }),
      [],
    ],
    [
      'a UUID in capital letters where case does not count',
      trustPolicy(BITBUCKET, {
        StringEquals: BITBUCKET_AUDIENCE,
        StringEqualsIgnoreCase: { [`${BITBUCKET}:sub`]: `{${REPOSITORY.toUpperCase()}}:{${REPOSITORY}}` },
      }),
      ['bitbucket-pinned-step'],
    ],
    [
      'a GUID in capital letters in a name of Azure DevOps',
      azure({ StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: `sc://acme/shop/${REPOSITORY.toUpperCase()}` } }),
      [],
    ],
    ['a role ARN that is none', like(`{${REPOSITORY}}:*`), [], { roleArn: 'x' }],
    ['the right issuer', like(`{${REPOSITORY}}:*`), [], { issuer: BITBUCKET }],
  ];
  for (const [name, policy, ids, options] of more) {
    it(`${name}: ${ids.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(
        typeof options === 'string'
          ? lint(policy)
              .map(({ id }) => id)
              .filter((id) => id === options)
          : lint(policy, options).map(({ id }) => id),
        ids,
      );
    });
  }

  const PROVIDERS_OF_TWO = { Principal: { Federated: [SAML, providerArn('ci.example'), providerArn(GITHUB)] } };
  const bitbucketPath = BITBUCKET.replace('/acme/', `/%7b${REPOSITORY}%7d/`);
  type WordingRow = readonly [
    name: string,
    policy: unknown,
    id: string,
    message: string | RegExp,
    fix: string | RegExp,
    options?: LintOptions,
  ];
  const wordingRows: readonly WordingRow[] = [
    [
      'whose jobs a pattern of a shared issuer admits',
      wide('app.terraform.io', 'organization:acme*'),
      'subject-owner-open',
      '"organization:acme*" also matches jobs of strangers: all customers of HCP Terraform share this issuer, and the first wildcard comes before the owner\'s name ends',
      'Name one scope in full before the first wildcard: organization:<organization>:project:<project>:workspace:<workspace>:run_phase:<plan or apply>.',
    ],
    [
      'whose workflows a pattern admits',
      workflow('acme*'),
      'subject-owner-open',
      '"acme*" also matches jobs of strangers: all customers of GitHub Actions share this issuer, and the first wildcard comes before the owner\'s name ends',
      'Name the repository of the workflow in full before the first wildcard: <owner>/<repository>/<path>@<ref>.',
    ],
    [
      'that a pattern admits workflows of neighbours',
      workflow('acme/ci*'),
      'subject-wide',
      '"acme/ci*" also matches workflows of neighbours: "*" crosses ":" and "/"',
      'Name the repository of the workflow in full before the first wildcard: <owner>/<repository>/<path>@<ref>.',
    ],
    [
      'that any workflow is admitted',
      workflow('*'),
      'subject-any',
      '"*" matches every workflow, of every repository whose tokens come from the issuer',
      'Name one workflow, <owner>/<repository>/<path>@<ref>, or add a condition on ":sub".',
    ],
    ...(
      [
        [`${providerArn('ci.example')}:sub`, 'Write "ci.example:sub" as the key.'],
        ['https://ci.example:sub', 'Write "ci.example:sub" as the key.'],
        ['other.example:sub', 'Write "ci.example:sub" as the key, or remove the condition.'],
        ['sub', 'Write "<issuer without https://>:sub" or another documented key.'],
      ] as const
    ).map(
      ([key, fix]): WordingRow => [
        `${key}, which is never filled and demanded by nothing`,
        trustPolicy('ci.example', { ...WITH_SUBJECT, StringNotEquals: { [key]: 'x' } }),
        'key-always-passes',
        `AWS never fills the key "${key}", and StringNotEquals passes without it, so the condition demands nothing`,
        fix,
      ],
    ),
    [
      'issuers whose claims are asked for at once',
      trustPolicy(
        'ci.example',
        { StringEquals: { ...WITH_SUBJECT.StringEquals, [`${GITHUB}:actor`]: 'ann' } },
        PROVIDERS_OF_TWO,
      ),
      'never-fulfilled',
      `the conditions ask for claims of "ci.example" and of "${GITHUB}" together; a token has one issuer, so the statement admits none`,
      `Write one statement for each identity provider, with the conditions on its own claims. ${WIDENING}`,
    ],
    [
      'both providers where no subject is demanded',
      trustPolicy(
        'ci.example',
        {},
        { Principal: { Federated: [SAML, providerArn('ci.example'), providerArn('ci2.example')] } },
      ),
      'subject-missing',
      'no condition demands a subject: every job whose token comes from "ci.example" or "ci2.example" may assume the role',
      /names one repository/,
    ],
    [
      'what the first known system has for an audience',
      trustPolicy('ci.example', { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' } }, PROVIDERS_OF_TWO),
      'audience-missing',
      /demands an audience/,
      'Add StringEquals on the issuer\'s ":aud" with sts.amazonaws.com, or the audience that the workflow requests.',
    ],
    [
      'no audience of a system nobody here knows',
      trustPolicy('ci.example', { StringEquals: { 'ci.example:sub': 'y' } }),
      'audience-missing',
      /demands an audience/,
      'Add StringEquals on the issuer\'s ":aud".',
    ],
    [
      'every issuer that a key could be of',
      trustPolicy(
        'ci.example',
        { StringEquals: { ...WITH_SUBJECT.StringEquals, [`${BITBUCKET}:sub`]: 'x' } },
        PROVIDERS_OF_TWO,
      ),
      'key-other-issuer',
      `the key is about "${BITBUCKET}"; the statement trusts "ci.example" or "${GITHUB}", whose tokens never fill it`,
      `Write "ci.example:sub" or "${GITHUB}:sub" as the key, or trust the other issuer. ${WIDENING}`,
    ],
    [
      'StringLike for an operator without regard to case',
      github({ StringEqualsIgnoreCase: { [`${GITHUB}:sub`]: 'repo:acme/*' } }),
      'equals-with-wildcard',
      'StringEqualsIgnoreCase takes "repo:acme/*" literally: "*" and "?" are wildcards only in StringLike',
      `Change "${GITHUB}:sub": "repo:acme/*" in "StringEqualsIgnoreCase" to "${GITHUB}:sub": "repo:acme/*" in "StringLike". If the name itself contains "*", write "StringLike" with "repo:acme/\${*}". ${WIDENING}`,
    ],
    [
      'StringNotLike with what stood around the operator',
      github({ 'ForAnyValue:StringNotEqualsIfExists': { [`${GITHUB}:sub`]: 'repo:acme/?' } }),
      'equals-with-wildcard',
      /takes "repo:acme\/\?" literally/,
      `Change "${GITHUB}:sub": "repo:acme/?" in "ForAnyValue:StringNotEqualsIfExists" to "${GITHUB}:sub": "repo:acme/?" in "ForAnyValue:StringNotLikeIfExists". If the name itself contains "?", write "StringLike" with "repo:acme/\${?}".`,
    ],
    [
      'what to do about another claim of Bitbucket',
      like(`{${REPOSITORY}}:*`, { StringEquals: { ...BITBUCKET_AUDIENCE, [`${BITBUCKET}:pipelineUuid`]: 'x' } }),
      'unsupported-key',
      /does not offer the claim "pipelineUuid" of Bitbucket Pipelines .* it offers sub, aud$/,
      `Express the limit in the condition on ":sub", then remove this one. ${WIDENING}`,
    ],
    [
      'what to do about a claim of Azure DevOps',
      azure({ StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: 'p://acme/shop/x', [`${AZURE}:rpo_ref`]: 'main' } }),
      'unsupported-key',
      /of Azure DevOps/,
      `Express the limit in the condition on ":sub", then remove this one. Branches can be limited with checks on the service connection. ${WIDENING}`,
    ],
    [
      'which claims of another system there are',
      trustPolicy(CIRCLECI, {
        StringEquals: { [`${CIRCLECI}:aud`]: ORGANIZATION, [`${CIRCLECI}:sub`]: 'x', [`${CIRCLECI}:branch`]: 'x' },
      }),
      'unsupported-key',
      'AWS does not offer the claim "branch" of CircleCI as a condition key, so this never matches; it offers sub, aud, oidc.circleci.com/project-id',
      `Use one of the claims AWS offers instead. ${WIDENING}`,
    ],
    [
      'a key without a colon',
      trustPolicy('ci.example', { StringEquals: { ...WITH_SUBJECT.StringEquals, sub: 'x' } }),
      'unsupported-key',
      '"sub" is not a condition key',
      `Write "<issuer without https://>:sub" or another documented key. ${WIDENING}`,
    ],
    [
      'every action of a statement that lacks the one',
      trustPolicy('ci.example', WITH_SUBJECT, { Action: ['sts:AssumeRole', 'sts:TagSession'] }),
      'action-missing',
      'the statement allows "sts:AssumeRole" or "sts:TagSession"; a web identity token needs sts:AssumeRoleWithWebIdentity',
      `Write "Action": "sts:AssumeRoleWithWebIdentity". ${WIDENING}`,
    ],
    [
      'what NotAction leaves out',
      trustPolicy('ci.example', WITH_SUBJECT, { Action: undefined, NotAction: 'sts:AssumeRoleWithWebIdentity' }),
      'action-missing',
      'the statement allows everything but "sts:AssumeRoleWithWebIdentity"; a web identity token needs sts:AssumeRoleWithWebIdentity',
      `Write "Action": "sts:AssumeRoleWithWebIdentity" instead of NotAction. ${WIDENING}`,
    ],
    [
      'how NotAction would allow tags',
      trustPolicy('ci.example', WITH_SUBJECT, { Action: undefined, NotAction: 'sts:TagSession' }),
      'tag-session-missing',
      /needs sts:TagSession/,
      `Let NotAction not list sts:TagSession. ${WIDENING}`,
      { sessionTags: true },
    ],
    [
      'SAML by its ARN where another issuer is wanted',
      trustPolicy('ci.example', WITH_SUBJECT, { Principal: { Federated: [SAML, providerArn('ci.example')] } }),
      'principal-other-issuer',
      `the policy trusts "${SAML}"; the token's issuer is "gitlab.com"`,
      `Write the ARN of the provider for "gitlab.com". ${WIDENING}`,
      { issuer: 'https://gitlab.com' },
    ],
    [
      'a pipeline after three slashes',
      azure({ StringEquals: { ...AZURE_AUDIENCE, [`${AZURE}:sub`]: 'p:///acme/shop/x' } }),
      'azure-three-slashes',
      '"p:///acme/shop/x" has three slashes after "p:"; the token has two, followed by the organization\'s name',
      `Write "p://<organization>/<project>/<pipeline>". ${WIDENING}`,
    ],
    [
      'the subject of the Entra issuer',
      trustPolicy(entra, { StringEquals: { [`${entra}:aud`]: 'x', [`${entra}:sub`]: 'sc://acme/shop/aws' } }),
      'azure-subject-form',
      '"sc://acme/shop/aws" is not a subject of this issuer; its tokens have /eid1/…/sc/<organization id>/<service connection id>',
      `Write /eid1/…/sc/<organization id>/<service connection id>, letter by letter as in the token. ${WIDENING}`,
    ],
    [
      'that two UUIDs may be a repository and an environment',
      like(`{${REPOSITORY}}:{${ORGANIZATION}}`),
      'bitbucket-pinned-step',
      /ends in \{99999999-/,
      `Write "{${REPOSITORY}}:{${ORGANIZATION}}:*" instead of "{${REPOSITORY}}:{${ORGANIZATION}}". That is right if {${ORGANIZATION}} is a deployment environment. If it is a step, write "{${REPOSITORY}}:*", which admits every step of the repository. ${WIDENING}`,
    ],
    [
      'the braces once where they are thrice',
      like(`{{{${REPOSITORY}}}}:*`),
      'bitbucket-braces-surplus',
      /doubles the braces/,
      `Write "{${REPOSITORY}}:*" instead of "{{{${REPOSITORY}}}}:*". ${WIDENING}`,
    ],
    ...(
      [
        [
          `https://${GITHUB}`,
          `"https://${GITHUB}" begins with a scheme; a provider's ARN has the issuer without it`,
          `Write "${providerArn(GITHUB)}" instead of "${providerArn(`https://${GITHUB}`)}". ${WIDENING}`,
        ],
        ['http://ci.example', /begins with a scheme/, /^Write ".*oidc-provider\/ci\.example" instead of /],
        [
          `${GITHUB}//`,
          `"${GITHUB}//" ends in a slash; the issuer in the token does not`,
          /^Write ".*\.com" instead of /,
        ],
        [`${BITBUCKET}/`, /ends in a slash/, /^Write ".*\/oidc" instead of /],
        [
          GITHUB.replace('token', 'Token'),
          /^"Token\.actions.* has capital letters; the issuer in the token has none in its host$/,
          /^Write ".*\/token\.actions.* instead of ".*\/Token\.actions/,
        ],
        [
          bitbucketPath,
          `"${bitbucketPath}" has the workspace's UUID; the token's issuer has its slug`,
          `Write the workspace's slug, as in its URL, instead of the UUID. ${WIDENING}`,
        ],
        [BITBUCKET.replace('acme', `{${REPOSITORY}}`), /has the workspace's UUID/, /slug/],
        [
          'api.bitbucket.org/acme',
          '"api.bitbucket.org/acme" is not the issuer of a Bitbucket workspace; that is api.bitbucket.org/2.0/workspaces/<workspace slug>/pipelines-config/identity/oidc',
          `Copy the identity provider URL from repository settings, OpenID Connect, without https://. ${WIDENING}`,
        ],
        [
          'vstoken.dev.azure.com/acme',
          '"vstoken.dev.azure.com/acme" is not the issuer of an Azure DevOps organization; that ends in the organization\'s id (a GUID), not its name',
          `Write vstoken.dev.azure.com/<organization id>. The id is "instanceId" in https://dev.azure.com/<organization>/_apis/connectionData. ${WIDENING}`,
        ],
      ] as const
    ).map(
      ([issuer, message, fix]): WordingRow => [
        `the issuer ${issuer}`,
        trustPolicy(issuer, {}),
        'issuer-form',
        message,
        fix,
      ],
    ),
  ];
  for (const [name, policy, id, message, fix, options] of wordingRows) {
    it(`explains ${name}`, () => {
      const finding = lint(policy, options).find((candidate) => candidate.id === id);
      assert.ok(finding, `no ${id}`);
      for (const [text, expected] of [
        [finding.message, message],
        [finding.fix, fix],
      ] as const) {
        if (typeof expected === 'string') assert.equal(text, expected);
        else assert.match(text, expected);
      }
    });
  }

  it('ignores unknown issuers, with or without a slash', () => {
    for (const issuer of ['ci.example', 'ci.example/', 'ci.example/a-https://b']) {
      assert.ok(!lint(trustPolicy(issuer, {})).some(({ id }) => id === 'issuer-form'), issuer);
    }
  });

  it('rethrows an error that is not about the policy', () => {
    const broken = {
      get Version(): string {
        throw new TypeError('not readable');
      },
    };
    assert.throws(() => lint(broken), TypeError);
  });

  it('never throws, for any input', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.ok(lint(value).length > 0)));
    fc.assert(fc.property(fc.string(), (text) => assert.ok(lint(text).length > 0)));
  });
});

function statementsOf(policy: object): readonly object[] {
  return new Map<string, readonly object[]>(Object.entries(policy)).get('Statement') ?? [];
}
