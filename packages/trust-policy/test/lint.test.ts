import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Finding, LINT_RULES, type LintOptions, lint } from '../src/index.ts';
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
} from './support.ts';

interface Fixture {
  readonly about: string;
  readonly options?: LintOptions;
  readonly policy: unknown;
  readonly expected: readonly { readonly id: string; readonly path: string }[];
  /** The same policy as the fix says. */
  readonly mended: unknown;
}

const FOLDER = new URL('./fixtures/lint/', import.meta.url);

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

function places(findings: readonly Finding[]): object[] {
  return findings.map(({ id, path }) => ({ id, path }));
}

/** What a JSON pointer points to. */
function resolve(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value: unknown, name) => new Map<string, unknown>(Object.entries(value ?? {})).get(name), document);
}

describe('lint', () => {
  it('has a fixture for every rule, and no other', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), LINT_RULES.map(({ id }) => `${id}.json`).sort());
  });

  for (const file of readdirSync(FOLDER)) {
    const { about, options, policy, expected, mended } = fixture(file);

    it(`${file}: ${about}`, () => {
      const findings = lint(policy, options);
      assert.deepEqual(places(findings), expected);
      for (const { id, severity, message, fix } of findings) {
        assert.equal(severity, LINT_RULES.find((rule) => rule.id === id)?.severity);
        assert.ok(message.length > 0 && fix.endsWith('.'), `${message} / ${fix}`);
      }
    });

    it(`${file}: nothing is left after the fix`, () => assert.deepEqual(lint(mended, options), []));

    it(`${file}: reads JSON text the same way`, () => {
      assert.deepEqual(lint(JSON.stringify(policy), options), lint(policy, options));
    });

    it(`${file}: points to something`, () => {
      for (const { id, path } of expected) {
        if (id !== 'version-old' && id !== 'policy-too-long') assert.notEqual(resolve(policy, path), undefined);
      }
    });
  }

  const like = (sub: string) =>
    trustPolicy(BITBUCKET, { StringEquals: BITBUCKET_AUDIENCE, StringLike: { [`${BITBUCKET}:sub`]: sub } });
  const entra = `login.microsoftonline.com/${ORGANIZATION}/v2.0`;
  const azure = (condition: object) => trustPolicy(AZURE, condition);
  const SAML = 'arn:aws:iam::123456789012:saml-provider/x';
  const github = (condition: object) =>
    trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' }, ...condition });
  const more: readonly [name: string, policy: unknown, ids: readonly string[], options?: LintOptions][] = [
    ["Atlassian's own pattern for an environment", like(`{${REPOSITORY}}*:{${REPOSITORY}}:*`), []],
    ['an environment of any repository', like(`*:{${REPOSITORY}}:*`), []],
    ['any subject, spelled out', like('{*}:*'), ['subject-any']],
    ['a subject that starts anywhere', like('{*'), ['subject-any']],
    ['two UUIDs and no wildcard', like(`{${REPOSITORY}}:{${REPOSITORY}}`), ['bitbucket-pinned-step']],
    ['an environment name with a wildcard', like(`{${REPOSITORY}}:prod*:*`), ['bitbucket-environment-name']],
    ['an environment name at the end', like(`{${REPOSITORY}}:production`), ['bitbucket-environment-name']],
    ['a shell variable', like('${BITBUCKET_REPO_UUID}:*'), ['placeholder']],
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
      [],
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
        StringEquals: { [`${BITBUCKET}:aud`]: `ari:cloud:bitbucket::workspace/{${REPOSITORY}}` },
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
      [],
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
      trustPolicy(`https://${GITHUB}`, { StringEquals: { [`${GITHUB}:aud`]: 'a', [`${GITHUB}:sub`]: 'b' } }),
      ['issuer-form', 'key-other-issuer', 'key-other-issuer'],
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
      [],
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
    ['a role ARN that is none', like(`{${REPOSITORY}}:*`), [], { roleArn: 'x' }],
    ['the right issuer', like(`{${REPOSITORY}}:*`), [], { issuer: BITBUCKET }],
  ];
  for (const [name, policy, ids, options] of more) {
    it(`${name}: ${ids.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(
        lint(policy, options).map(({ id }) => id),
        ids,
      );
    });
  }

  it('names both sides and the way out', () => {
    const [finding] = lint(like(`${REPOSITORY}:*`));
    assert.deepEqual(finding, {
      id: 'bitbucket-braces-missing',
      severity: 'error',
      path: `/Statement/0/Condition/StringLike/${BITBUCKET.replaceAll('/', '~1')}:sub`,
      message: `"${REPOSITORY}:*" has a UUID without its braces; in the token's subject the braces are part of it`,
      fix: `Write "{${REPOSITORY}}:*".`,
    });
  });

  it('passes on an error that is not about the policy', () => {
    const broken = {
      get Version(): string {
        throw new TypeError('not readable');
      },
    };
    assert.throws(() => lint(broken), TypeError);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.ok(lint(value).length > 0)));
    fc.assert(fc.property(fc.string(), (text) => assert.ok(lint(text).length > 0)));
  });
});

function statementsOf(policy: object): readonly object[] {
  return new Map<string, readonly object[]>(Object.entries(policy)).get('Statement') ?? [];
}
