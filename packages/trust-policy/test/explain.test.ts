import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CAUSES, type CauseId, type Claims, type Explanation, evaluate, explain } from '../src/index.ts';
import {
  AZURE,
  AZURE_AUDIENCE,
  AZURE_CLAIMS,
  AZURE_PIPELINE_CLAIMS,
  BITBUCKET,
  BITBUCKET_AUDIENCE,
  BITBUCKET_CLAIMS,
  BITBUCKET_DEPLOYMENT_CLAIMS,
  ENVIRONMENT,
  GITHUB,
  GITHUB_CLAIMS,
  OTHER_ENVIRONMENT,
  OTHER_REPOSITORY,
  providerArn,
  REPOSITORY,
  ROLE_ARN,
  STEP,
  trustPolicy,
  WORKSPACE,
} from './support.ts';

const TO_ADD = /^Add the statement \{"Effect":"Allow","Principal":\{"Federated":"arn:[^"]*"\},.*\}\.$/;
const BY_UUID = BITBUCKET.replace('acme', `%7B${WORKSPACE}%7D`);
const SUB = `${BITBUCKET}:sub`;
const AUD = `${BITBUCKET}:aud`;
const AZURE_SUB = `${AZURE}:sub`;
const ENTRA = `login.microsoftonline.com/${WORKSPACE}/v2.0`;
const ENTRA_CLAIMS: Claims = {
  ...AZURE_CLAIMS,
  iss: `https://${ENTRA}`,
  sub: `/eid1/c/pub/t/a/a/b/sc/${WORKSPACE}/${REPOSITORY}`,
};

const like = (sub: string, more: object = {}) =>
  trustPolicy(BITBUCKET, { StringEquals: BITBUCKET_AUDIENCE, StringLike: { [SUB]: sub }, ...more });
const equals = (sub: string | readonly string[]) =>
  trustPolicy(BITBUCKET, { StringEquals: { ...BITBUCKET_AUDIENCE, [SUB]: sub } });
const azure = (sub: string) => trustPolicy(AZURE, { StringEquals: { ...AZURE_AUDIENCE, [AZURE_SUB]: sub } });
const statement = (issuer: string, condition: object, account = '123456789012') => ({
  Effect: 'Allow',
  Principal: { Federated: providerArn(issuer, account) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});
const OWN = { StringEquals: BITBUCKET_AUDIENCE, StringLike: { [SUB]: `{${REPOSITORY}}:*` } };
const good = trustPolicy(BITBUCKET, OWN);

const statementsOf = (policy: object): readonly object[] =>
  new Map<string, readonly object[]>(Object.entries(policy)).get('Statement') ?? [];
const TAGGED_CLAIMS: Claims = {
  ...BITBUCKET_CLAIMS,
  'https://aws.amazon.com/tags': { principal_tags: { Team: ['blue'] } },
};

interface Case {
  readonly name: string;
  readonly claims: Claims;
  readonly policy: unknown;
  readonly cause: CauseId;
  /** Both sides of the comparison, which the summary must name. */
  readonly says: readonly (string | RegExp)[];
  readonly fix: string | RegExp;
  readonly context?: Record<string, string>;
}

const CASES: readonly Case[] = [
  {
    name: 'another repository, of a token that says no workspace',
    claims: { ...BITBUCKET_CLAIMS, workspaceUuid: undefined },
    policy: like(`{${OTHER_REPOSITORY}}:*`),
    cause: 'other-subject',
    says: ['that is another repository'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'StringEquals with a wildcard',
    claims: BITBUCKET_CLAIMS,
    policy: equals(`{${REPOSITORY}}:*`),
    cause: 'equals-with-wildcard',
    says: [`expects "{${REPOSITORY}}:*"`, `has "{${REPOSITORY}}:{${STEP}}"`, 'only StringLike'],
    fix: `Change "${SUB}": "{${REPOSITORY}}:*" in "StringEquals" to "${SUB}": "{${REPOSITORY}}:*" in "StringLike".`,
  },
  {
    name: 'the step of another run',
    claims: BITBUCKET_CLAIMS,
    policy: equals(`{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}`),
    cause: 'bitbucket-pinned-step',
    says: [OTHER_ENVIRONMENT, STEP, 'every run has another'],
    fix: /^If \{eeeeeeee-.*\} is a deployment environment, .* Or, to admit every step of the repository, change /,
  },
  {
    name: 'the step of another run, of a deployment',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: equals(`{${REPOSITORY}}:{${ENVIRONMENT}}:{${OTHER_ENVIRONMENT}}`),
    cause: 'bitbucket-pinned-step',
    says: [OTHER_ENVIRONMENT, STEP],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'a subject that ends in the environment',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: equals(`{${REPOSITORY}}:{${ENVIRONMENT}}`),
    cause: 'bitbucket-step-missing',
    says: ['ends before the step'],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'a subject that ends in the repository',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}`),
    cause: 'bitbucket-step-missing',
    says: ['ends before the step'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'the environment by name',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${REPOSITORY}}:production:*`),
    cause: 'bitbucket-environment-name',
    says: ['"production" names the deployment environment', ENVIRONMENT],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'no braces',
    claims: BITBUCKET_CLAIMS,
    policy: like(`${REPOSITORY}:*`),
    cause: 'bitbucket-braces-missing',
    says: [`"${REPOSITORY}:*"`, `"{${REPOSITORY}}:{${STEP}}"`],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'too many braces',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{{${REPOSITORY}}}:*`),
    cause: 'bitbucket-braces-surplus',
    says: [`"{{${REPOSITORY}}}:*"`],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a slug',
    claims: BITBUCKET_CLAIMS,
    policy: like('acme/site:*'),
    cause: 'bitbucket-slug',
    says: ['"acme/site:*"', 'by its slug'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'no deployment in the step',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}*:{${ENVIRONMENT}}:*`),
    cause: 'deployment-missing',
    says: [`wants the deployment environment {${ENVIRONMENT}}`, 'has no "deployment:"'],
    fix: /^Add "deployment: <name>" to this step, with the name of that environment\. Or, /,
  },
  {
    name: 'another environment',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:*`),
    cause: 'other-environment',
    says: [`wants the deployment environment {${OTHER_ENVIRONMENT}}`, `deploys to {${ENVIRONMENT}}`],
    fix: /^Deploy to that environment: change "deployment: <name>" of this step\. Or, /,
  },
  {
    name: 'another repository',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${OTHER_REPOSITORY}}:*`),
    cause: 'other-subject',
    says: [OTHER_REPOSITORY, 'that is another repository'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: "the workspace's UUID",
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${WORKSPACE}}:*`),
    cause: 'other-subject',
    says: ["The policy begins with the workspace's UUID, the token's subject with the repository's."],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: "the workspace's UUID, where only the claim tells",
    claims: { ...BITBUCKET_CLAIMS, aud: 'my-own' },
    policy: trustPolicy(BITBUCKET, { StringLike: { [SUB]: `{${WORKSPACE}}:*` } }),
    cause: 'other-subject',
    says: ["The policy begins with the workspace's UUID, the token's subject with the repository's."],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: "the workspace's UUID before the repository's, where only the audience tells",
    claims: { ...BITBUCKET_CLAIMS, workspaceUuid: undefined },
    policy: like(`{${WORKSPACE}}:{${REPOSITORY}}:*`),
    cause: 'other-subject',
    says: ["The policy begins with the workspace's UUID, the token's subject with the repository's."],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'UUIDs in capitals',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY.toUpperCase()}}:*`),
    cause: 'case-mismatch',
    says: [REPOSITORY.toUpperCase(), 'only in upper and lower case'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a subject that is none',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*:x:*`),
    cause: 'bitbucket-environment-name',
    says: ['"x"'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a pattern without any fault but the wrong end',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:?`),
    cause: 'other-subject',
    says: [`{${REPOSITORY}}:?`],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a token whose subject has another form',
    claims: { ...BITBUCKET_CLAIMS, sub: 'new-form' },
    policy: good,
    cause: 'other-subject',
    says: ['"new-form"'],
    fix: `to ["{${REPOSITORY}}:*","new-form"] in "StringLike" on "${SUB}"`,
  },
  {
    name: 'the nearest of several subjects',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {
      StringLike: { [SUB]: [`{${OTHER_REPOSITORY}}:*`, `{${REPOSITORY}}:{${ENVIRONMENT}}:*`] },
    }),
    cause: 'deployment-missing',
    says: [ENVIRONMENT],
    fix: 'deployment:',
  },
  {
    name: 'an empty list of subjects',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringLike: { [SUB]: [] } }),
    cause: 'condition-failed',
    says: ['expects nothing'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a placeholder',
    claims: BITBUCKET_CLAIMS,
    policy: like('{$(REPO)}:*'),
    cause: 'placeholder',
    says: ['"$(REPO)" is a placeholder'],
    fix: `{${REPOSITORY}}:*`,
  },

  {
    name: 'a placeholder among values, for an address',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '${OFFICE_CIDR}'] } }),
    context: { 'aws:SourceIp': '198.51.100.1' },
    cause: 'placeholder',
    says: ['the request has "198.51.100.1". "${OFFICE_CIDR}" is a placeholder that AWS does not fill in.'],
    fix: /^Write the value itself\. The policy then admits more than it does now\.$/,
  },
  {
    name: 'a placeholder for a claim of its own',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:repository`]: '<owner>/<repository>' } }),
    cause: 'placeholder',
    says: ['the token has "acme/site". "<owner>" is a placeholder that AWS does not fill in.'],
    fix: /^Write the value itself\. The policy then admits more than it does now\.$/,
  },
  {
    name: 'a subject that must not be the one it is',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringNotLike: { [SUB]: `{${REPOSITORY}}:*` } }),
    cause: 'condition-failed',
    says: [`StringNotLike on "${SUB}" excludes "{${REPOSITORY}}:*", and the token has "{${REPOSITORY}}:{${STEP}}".`],
    fix: `StringNotLike on "${SUB}" keeps this job out on purpose. Change the job. Keep the condition, which keeps out others too.`,
  },
  {
    name: 'an audience that must not be the one it is',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringNotEquals: { [`${AZURE}:aud`]: 'api://AzureADTokenExchange' } }),
    cause: 'condition-failed',
    says: ['excludes "api://AzureADTokenExchange", and the token has "api://AzureADTokenExchange".'],
    fix: 'Keep the condition, which keeps out others too.',
  },
  {
    name: 'a subject that must be missing',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { Null: { [SUB]: 'true' } }),
    cause: 'condition-failed',
    says: [`Null on "${SUB}" expects "true", but the token has "{${REPOSITORY}}:{${STEP}}".`],
    fix: 'Keep the condition, which keeps out others too.',
  },
  {
    name: 'an environment without braces',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${REPOSITORY}}:${ENVIRONMENT}:*`),
    cause: 'bitbucket-braces-missing',
    says: ['has a UUID without its braces'],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'another environment of any repository',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`*:{${OTHER_ENVIRONMENT}}:*`),
    cause: 'other-environment',
    says: [OTHER_ENVIRONMENT],
    fix: /^Deploy to that environment: change "deployment: <name>" of this step\. Or, to admit this one, /,
  },
  {
    name: 'another repository, and an environment by name',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${OTHER_REPOSITORY}}:production:*`),
    cause: 'other-subject',
    says: ['that is another repository'],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'braces doubled around the environment',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${REPOSITORY}}:{{${ENVIRONMENT}}}:*`),
    cause: 'bitbucket-braces-surplus',
    says: ['doubles the braces'],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'a repository with one sign more, of a deployment',
    claims: BITBUCKET_DEPLOYMENT_CLAIMS,
    policy: like(`{${REPOSITORY}}?`),
    cause: 'other-subject',
    says: [`{${REPOSITORY}}?`],
    fix: `{${REPOSITORY}}:{${ENVIRONMENT}}:*`,
  },
  {
    name: 'several subjects, all of other repositories',
    claims: BITBUCKET_CLAIMS,
    policy: equals([`{${OTHER_REPOSITORY}}:*`, `{${WORKSPACE}}:*`]),
    cause: 'other-subject',
    says: [`expects "{${OTHER_REPOSITORY}}:*", but`, 'that is another repository'],
    fix: `Change "${SUB}": ["{${OTHER_REPOSITORY}}:*","{${WORKSPACE}}:*"] in "StringEquals" to`,
  },

  {
    name: 'three slashes',
    claims: AZURE_CLAIMS,
    policy: azure('sc:///acme/Web Shop/aws-prod'),
    cause: 'azure-three-slashes',
    says: ['three slashes', '"sc://acme/Web Shop/aws-prod"'],
    fix: `to "sc://acme/Web Shop/aws-prod" in "StringEquals" on "${AZURE_SUB}"`,
  },
  {
    name: 'no scheme',
    claims: AZURE_CLAIMS,
    policy: azure('acme/Web Shop/aws-prod'),
    cause: 'azure-subject-form',
    says: ['"acme/Web Shop/aws-prod"'],
    fix: 'sc://acme',
  },
  {
    name: 'a connection where the job has none',
    claims: AZURE_PIPELINE_CLAIMS,
    policy: azure('sc://acme/Web Shop/aws-prod'),
    cause: 'connection-mismatch',
    says: ['wants the service connection "aws-prod"', '"p://acme/Web Shop/Deploy site"'],
    fix: /^Set the task's service connection to "aws-prod"\. Or, .*"p:\/\/acme\/Web Shop\/Deploy site"/,
  },
  {
    name: 'a pipeline where the job has a connection',
    claims: AZURE_CLAIMS,
    policy: azure('p://acme/Web Shop/Deploy site'),
    cause: 'connection-mismatch',
    says: ['wants the pipeline "Deploy site"', 'uses the service connection "aws-prod"'],
    fix: /^Remove the service connection from the task\. Or, /,
  },
  {
    name: 'another connection',
    claims: AZURE_CLAIMS,
    policy: azure('sc://acme/Web Shop/aws-dev'),
    cause: 'other-subject',
    says: ['aws-dev', 'aws-prod', 'the service connection differs'],
    fix: 'aws-prod',
  },
  {
    name: 'another project',
    claims: AZURE_CLAIMS,
    policy: azure('sc://acme/Intranet/aws-prod'),
    cause: 'other-subject',
    says: ['the project differs'],
    fix: 'Web Shop',
  },
  {
    name: 'a connection in another case',
    claims: AZURE_CLAIMS,
    policy: azure('sc://acme/web shop/aws-prod'),
    cause: 'case-mismatch',
    says: ['"sc://acme/web shop/aws-prod"', '"sc://acme/Web Shop/aws-prod"'],
    fix: 'Web Shop',
  },

  {
    name: 'a token of Azure DevOps whose subject has another form',
    claims: { ...AZURE_CLAIMS, sub: 'new-form' },
    policy: azure('sc://acme/Web Shop/aws-prod'),
    cause: 'other-subject',
    says: [/but the token has "new-form"\.$/],
    fix: 'new-form',
  },
  {
    name: 'another pipeline',
    claims: AZURE_PIPELINE_CLAIMS,
    policy: azure('p://acme/Web Shop/Test site'),
    cause: 'other-subject',
    says: [/"p:\/\/acme\/Web Shop\/Deploy site": the pipeline differs\.$/],
    fix: 'Deploy site',
  },
  {
    name: 'another connection in any project',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [AZURE_SUB]: 'sc://acme/*/aws-dev' } }),
    cause: 'other-subject',
    says: [/"sc:\/\/acme\/Web Shop\/aws-prod": the service connection differs\.$/],
    fix: 'aws-prod',
  },
  {
    name: 'another connection in a project that is literally a star',
    claims: AZURE_CLAIMS,
    policy: azure('sc://acme/*/aws-dev'),
    cause: 'other-subject',
    says: [/: the project and the service connection differ\.$/],
    fix: 'aws-prod',
  },
  {
    name: 'another connection on the Entra issuer',
    claims: ENTRA_CLAIMS,
    policy: trustPolicy(ENTRA, { StringEquals: { [`${ENTRA}:sub`]: `/eid1/c/pub/t/a/a/b/sc/${WORKSPACE}/${STEP}` } }),
    cause: 'other-subject',
    says: [/: the service connection id differs\.$/],
    fix: REPOSITORY,
  },
  {
    name: 'the subject of the old issuer on the Entra issuer',
    claims: ENTRA_CLAIMS,
    policy: trustPolicy(ENTRA, { StringEquals: { [`${ENTRA}:sub`]: 'sc://acme/Web Shop/aws-prod' } }),
    cause: 'azure-subject-form',
    says: ['its tokens have /eid1/'],
    fix: '/eid1/',
  },
  {
    name: 'a subject of Azure DevOps for a token of GitHub',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'sc://acme/shop/x' } }),
    cause: 'other-subject',
    says: [/ expects "sc:\/\/acme\/shop\/x", but the token has "repo:acme\/site:ref:refs\/heads\/main"\.$/],
    fix: 'heads/main',
  },
  {
    name: 'a job of another owner',
    claims: { ...GITHUB_CLAIMS, sub: 'repo:evil/x:ref:refs/heads/main' },
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/site:ref:refs/heads/main' } }),
    cause: 'another-owner',
    says: ['that is another owner'],
    fix: /^The token belongs to another owner than the role trusts\. Nothing in the policy needs to change\.$/,
  },
  {
    name: 'another branch',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/site:ref:refs/heads/dev' } }),
    cause: 'other-subject',
    says: ['heads/dev', 'heads/main'],
    fix: 'heads/main',
  },
  {
    name: 'an issuer nobody here knows',
    claims: { iss: 'https://ci.example', aud: 'a', sub: 'x' },
    policy: trustPolicy('ci.example', { StringEquals: { 'ci.example:sub': 'y' } }),
    cause: 'other-subject',
    says: ['"y"', '"x"'],
    fix: 'Change "y" to ["y","x"] in "StringEquals" on "ci.example:sub"',
  },

  {
    name: 'the audience of another system',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {
      StringEquals: { [AUD]: 'sts.amazonaws.com' },
      StringLike: { [SUB]: `{${REPOSITORY}}:*` },
    }),
    cause: 'wrong-audience',
    says: ['expects "sts.amazonaws.com"', `has "ari:cloud:bitbucket::workspace/${WORKSPACE}"`],
    fix: /Register "ari:cloud:bitbucket::workspace\/.*" with the identity provider as well\.$/,
  },
  {
    name: 'the audience with a wildcard in Equals',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: { [`${AZURE}:aud`]: 'api://*' } }),
    cause: 'equals-with-wildcard',
    says: ['"api://*"'],
    fix: '"api://AzureADTokenExchange"',
  },
  {
    name: 'the audience in another case',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringLike: { [`${AZURE}:aud`]: 'api://azureadtokenexchange' } }),
    cause: 'case-mismatch',
    says: ['api://azureadtokenexchange', 'api://AzureADTokenExchange'],
    fix: '"api://AzureADTokenExchange"',
  },
  {
    name: 'one audience of several with a wildcard in Equals',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: { [`${AZURE}:aud`]: ['sts.amazonaws.com', 'api://*'] } }),
    cause: 'equals-with-wildcard',
    says: ['expects "sts.amazonaws.com" or "api://*"', 'takes "*" and "?" literally'],
    fix: '"api://AzureADTokenExchange"',
  },
  {
    name: 'one audience of several in another case',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: { [`${AZURE}:aud`]: ['x', 'API://AzureADTokenExchange'] } }),
    cause: 'case-mismatch',
    says: ['They differ only in upper and lower case, which counts.'],
    fix: '"api://AzureADTokenExchange"',
  },

  {
    name: "the provider's ARN as key",
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {
      StringEquals: BITBUCKET_AUDIENCE,
      StringLike: { [`${providerArn(BITBUCKET)}:sub`]: `{${REPOSITORY}}:*` },
    }),
    cause: 'provider-arn-as-key',
    says: [`${providerArn(BITBUCKET)}:sub`, `AWS fills "${SUB}"`],
    fix: `"${SUB}": "{${REPOSITORY}}:*"`,
  },
  {
    name: 'https:// in the key',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringEquals: { [`https://${AUD}`]: 'x' } }),
    cause: 'scheme-in-key',
    says: [`AWS fills "${AUD}"`],
    fix: `"${AUD}"`,
  },
  {
    name: 'the key of another issuer',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringEquals: { [`${GITHUB}:sub`]: 'x' } }),
    cause: 'key-other-issuer',
    says: [`"${GITHUB}"`],
    fix: `"${SUB}"`,
  },
  {
    name: 'the key of another issuer and no claim of ours',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringEquals: { [`${GITHUB}:actor`]: 'x' } }),
    cause: 'key-other-issuer',
    says: [GITHUB],
    fix: 'Write "<issuer>:actor" as the key.',
  },
  {
    name: 'the branch',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { StringEquals: { ...BITBUCKET_AUDIENCE, [`${BITBUCKET}:branchName`]: 'main' } }),
    cause: 'unsupported-key',
    says: ['"branchName" of Bitbucket Pipelines'],
    fix: /^To tie the role to branches, first limit a deployment environment .* Second, add "deployment: <name>" .* set "StringLike" on ".*:sub" to "\{aaaaaaaa-.*\}:\{<environment UUID>\}:\*", and remove the condition on the branch\. .* If you do without it, remove the condition .* The policy then admits more than it does now\.$/,
  },
  {
    name: 'a key without issuer',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringEquals: { sub: 'x' } }),
    cause: 'unsupported-key',
    says: ['"sub" is not a condition key'],
    fix: '<issuer without https://>:sub',
  },
  {
    name: 'an operator IAM does not have',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { StringStartsWith: { [SUB]: '{' } }),
    cause: 'unknown-operator',
    says: ['"StringStartsWith"'],
    fix: 'StringLike',
  },
  {
    name: 'a claim the token lacks',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:environment`]: 'prod' } }),
    cause: 'condition-failed',
    says: ['expects "prod"', 'the token has no such claim'],
    fix: /^Let the job have "prod" as its "environment"\.$/,
  },
  {
    name: 'a claim in another case',
    claims: { ...GITHUB_CLAIMS, environment: 'prod' },
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:environment`]: 'PROD' } }),
    cause: 'condition-failed',
    says: [/the token has "prod"\. They differ only in upper and lower case, and this operator distinguishes them\.$/],
    fix: `${GITHUB}:environment`,
  },
  {
    name: 'a claim that is another',
    claims: { ...GITHUB_CLAIMS, environment: 'dev' },
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:environment`]: 'prod' } }),
    cause: 'condition-failed',
    says: [/expects "prod", but the token has "dev"\.$/],
    fix: `${GITHUB}:environment`,
  },
  {
    name: 'an address',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '10.0.0.0/8'] } }),
    context: { 'aws:SourceIp': '198.51.100.1' },
    cause: 'condition-failed',
    says: ['expects "192.0.2.0/24" or "10.0.0.0/8"', 'the request has "198.51.100.1"'],
    fix: 'aws:SourceIp',
  },
  {
    name: 'no address',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
    cause: 'request-unknown',
    says: [
      /^Everything else in Statement\[0\] admits this token\. Whether IpAddress on "aws:SourceIp" with "192\.0\.2\.0\/24" holds is open: aws:SourceIp is in every request, and not known here\.$/,
    ],
    fix: 'Give the value of "aws:SourceIp" that AWS sees in the request, to have the condition judged. If AWS refused the token, and the role has this very policy, that condition decided so: change what the request has there. Keep the condition, which limits the role.',
  },
  {
    name: 'pipelines of a whole organization, and a service connection',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [AZURE_SUB]: 'p://acme/*' } }),
    cause: 'connection-mismatch',
    says: [
      /has "sc:[^"]*"\. The policy wants a pipeline, but the job uses the service connection "aws-prod", so its token names that\.$/,
    ],
    fix: /^Remove the service connection from the task\. Or, to admit the service connection, change .*\["p:\/\/acme\/\*","sc:\/\/acme/,
  },
  {
    name: 'connections of a whole organization, and a pipeline',
    claims: AZURE_PIPELINE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [AZURE_SUB]: 'sc://acme/*' } }),
    cause: 'connection-mismatch',
    says: [
      /has "p:[^"]*"\. The policy wants a service connection, but the job uses none, so its token names the pipeline\.$/,
    ],
    fix: /^Set the task's service connection\. Or, to admit the pipeline without one, change "sc:\/\/acme\/\*" to /,
  },
  ...(
    [
      [AZURE_CLAIMS, 'sc://other/*'],
      [AZURE_PIPELINE_CLAIMS, 'p://other/*'],
    ] as const
  ).map(
    ([claims, expected]): Case => ({
      name: `another organization: ${expected}`,
      claims,
      policy: trustPolicy(AZURE, { StringEquals: AZURE_AUDIENCE, StringLike: { [AZURE_SUB]: expected } }),
      cause: 'other-subject',
      says: [/, but the token has "[^"]*"\.$/],
      fix: /^Change ".*" to \[.*\] in "StringLike" on .* Do this only if the role is meant for this job as well\.$/,
    }),
  ),
  {
    name: 'a repository without the ids its tokens have',
    claims: { ...GITHUB_CLAIMS, sub: 'repo:acme@1/shop@2:ref:refs/heads/main' },
    policy: trustPolicy(GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/shop:*' } }),
    cause: 'other-subject',
    says: [
      /\. The token has the ids of owner and repository behind their names \("@1" and "@2"\), which the policy lacks\.$/,
    ],
    fix: `Change "repo:acme/shop:*" to ["repo:acme/shop:*","repo:acme@1/shop@2:ref:refs/heads/main"] in "StringLike" on "${GITHUB}:sub"`,
  },
  ...['repo:acme@1/shop@2:ref:refs/heads/main', 'repo:acme/shop@2:pull_request', 'repo:acme@1/shop:pull_request'].map(
    (sub): Case => ({
      name: `another repository than in ${sub}`,
      claims: { ...GITHUB_CLAIMS, sub },
      policy: trustPolicy(GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/site:*' } }),
      cause: 'other-subject',
      says: [/, but the token has "[^"]*": that is another repository\.$/],
      fix: sub,
    }),
  ),
  {
    name: 'the original audience of a token without an authorized party',
    claims: AZURE_CLAIMS,
    policy: trustPolicy(AZURE, { StringEquals: { [`${AZURE}:oaud`]: 'api://AzureADTokenExchange' } }),
    cause: 'wrong-audience',
    says: [
      /, but the token has no such claim\. AWS fills that key only for a token with an authorized party \(azp\), and this one has none\.$/,
    ],
    fix: /^Add the statement \{.*:aud":"api:\/\/AzureADTokenExchange"/,
  },
  {
    name: 'another original audience',
    claims: { ...AZURE_CLAIMS, azp: 'x' },
    policy: trustPolicy(AZURE, { StringEquals: { [`${AZURE}:oaud`]: 'y' } }),
    cause: 'wrong-audience',
    says: [/expects "y", but the token has "api:\/\/AzureADTokenExchange"\.$/],
    fix: /^Add the statement \{.*:aud":"x"/,
  },
  {
    name: 'no address, and another subject',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${OTHER_REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
    cause: 'other-subject',
    says: [/^In Statement\[0\], StringLike on .*: that is another repository\.$/],
    fix: /\. IpAddress on "aws:SourceIp" stays: aws:SourceIp is in every request, and not known here\.$/,
  },
  {
    name: 'neither address nor name of the session, and two conditions on one',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, {
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      NotIpAddress: { 'aws:SourceIp': '192.0.2.1' },
      StringEquals: { ...BITBUCKET_AUDIENCE, 'aws:PrincipalAccount': '${aws:RequestedRegion}' },
    }),
    cause: 'request-unknown',
    says: [
      'Whether StringEquals on "aws:PrincipalAccount" with "${aws:RequestedRegion}" holds, and whether IpAddress on "aws:SourceIp" with "192.0.2.0/24" holds, and whether NotIpAddress on "aws:SourceIp" with "192.0.2.1" holds is open: aws:RequestedRegion is in every request, and not known here; aws:SourceIp is in every request, and not known here.',
    ],
    fix: /^Give the value of "aws:RequestedRegion" and "aws:SourceIp" that AWS sees/,
  },
  {
    name: 'a Deny by a key that is not known',
    claims: BITBUCKET_CLAIMS,
    policy: {
      Version: '2012-10-17',
      Statement: [
        ...statementsOf(good),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { StringEquals: { 'aws:UserAgent': 'x', [SUB]: 'y' } },
        },
      ],
    },
    cause: 'request-unknown',
    says: [
      'Everything else in Statement[0] admits this token. Whether NotIpAddress on "aws:SourceIp" with "192.0.2.0/24" holds is open: aws:SourceIp is in every request, and not known here. Statement[1] would deny it if its conditions hold.',
    ],
    fix: 'Give the value of "aws:SourceIp" that',
  },
  {
    name: 'a Deny by a key that is not known, and no Allow for the token',
    claims: BITBUCKET_CLAIMS,
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
        },
        ...statementsOf(like(`{${OTHER_REPOSITORY}}:*`)),
      ],
    },
    cause: 'other-subject',
    says: ['In Statement[1], '],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'a Deny for certain, beside one that is not',
    claims: BITBUCKET_CLAIMS,
    policy: {
      Version: '2012-10-17',
      Statement: [
        ...statementsOf(good),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
        },
        { Effect: 'Deny', Principal: '*', Action: 'sts:*' },
      ],
    },
    cause: 'explicit-deny',
    says: ['Statement[2] denies this token.'],
    fix: /^Statement\[2\] keeps this job out on purpose\..* Keep the Deny: /,
  },
  {
    name: 'an address that is not known, and session tags nothing allows',
    claims: TAGGED_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
    cause: 'tag-session-missing',
    says: ['must allow sts:TagSession as well'],
    fix: 'sts:TagSession',
  },
  {
    name: 'session tags that an unknown address allows',
    claims: TAGGED_CLAIMS,
    policy: {
      Version: '2012-10-17',
      Statement: [
        ...statementsOf(good),
        ...statementsOf(like(`{${REPOSITORY}}:*`, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })).map((one) => ({
          ...one,
          Action: 'sts:TagSession',
        })),
      ],
    },
    cause: 'request-unknown',
    says: ['Everything else in Statement[1] admits this token. Whether IpAddress on "aws:SourceIp"'],
    fix: 'aws:SourceIp',
  },
  {
    name: 'a roles claim demanded',
    claims: BITBUCKET_CLAIMS,
    policy: like(`{${REPOSITORY}}:*`, { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } }),
    cause: 'roles-claim-required',
    says: ['expects "true"', 'has "false"'],
    fix: /^Have the issuer of the token send that claim\. If it cannot, remove the condition .* The policy then admits more than it does now\.$/,
  },
  {
    name: 'two conditions at once',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {
      StringEquals: { [AUD]: 'sts.amazonaws.com', [`${BITBUCKET}:branchName`]: 'main' },
    }),
    cause: 'unsupported-key',
    says: [/branchName.* Then: StringEquals on ".*:aud" expects "sts\.amazonaws\.com"/],
    fix: /, then change "sts\.amazonaws\.com" to "ari:.*" in "StringEquals" on ".*:aud"\. The policy then admits more than it does now\.$/,
  },

  {
    name: 'a branch by its name alone',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, {
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: 'repo:acme/site:ref:main' },
    }),
    cause: 'github-ref-form',
    says: ['does not name a ref as the token does: ref:refs/heads/<branch>'],
    fix: /^Change ".*" to ".*" in "StringEquals" on /,
  },
  {
    name: 'three conditions at once',
    claims: GITHUB_CLAIMS,
    policy: trustPolicy(GITHUB, {
      StringEquals: { [`${GITHUB}:aud`]: 'x', [`${GITHUB}:actor_id`]: '8', sub: 'y' },
    }),
    cause: 'unsupported-key',
    says: [
      `In Statement[0], "sub" is not a condition key, so the condition never matches. Then: StringEquals on "${GITHUB}:aud" expects "x", but the token has "sts.amazonaws.com". Then: StringEquals on "${GITHUB}:actor_id" expects "8", but the token has "7".`,
    ],
    fix: 'Let the job have "8" as its "actor_id". Write "<issuer without https://>:sub" or another documented key.',
  },

  {
    name: 'the provider of another account beside one of another issuer',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, OWN, {
      Principal: { Federated: [providerArn(GITHUB), providerArn(BITBUCKET, '210987654321')] },
    }),
    cause: 'principal-other-account',
    says: [`trusts ${providerArn(BITBUCKET, '210987654321')}, but`],
    fix: `Write "Federated": ["${providerArn(GITHUB)}","${providerArn(BITBUCKET)}"] in the Principal of Statement[0].`,
  },
  {
    name: 'another account',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, OWN, { Principal: { Federated: providerArn(BITBUCKET, '210987654321') } }),
    cause: 'principal-other-account',
    says: ['210987654321', `AWS looks for ${providerArn(BITBUCKET)}`],
    fix: `Write "Federated": "${providerArn(BITBUCKET)}" in the Principal of Statement[0].`,
  },
  {
    name: 'another CI system, whose statement is to stay',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:acme/shop:ref:refs/heads/main' } }),
    cause: 'principal-other-issuer',
    says: [providerArn(GITHUB), providerArn(BITBUCKET)],
    fix: TO_ADD,
  },
  {
    name: 'another CI system than one that nobody knows',
    claims: { ...BITBUCKET_CLAIMS, iss: 'https://ci.example.com' },
    policy: trustPolicy(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'x' } }),
    cause: 'principal-other-issuer',
    says: [providerArn(GITHUB), providerArn('ci.example.com')],
    fix: TO_ADD,
  },
  {
    name: 'an issuer nobody knows',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy('ci.example.com', {}),
    cause: 'principal-other-issuer',
    says: ['ci.example.com', providerArn(BITBUCKET)],
    fix: TO_ADD,
  },
  {
    name: 'another workspace',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET.replace('acme', 'other'), {}),
    cause: 'principal-other-issuer',
    says: ['workspaces/other', 'workspaces/acme'],
    fix: providerArn(BITBUCKET),
  },
  {
    name: 'the workspace in another case',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET.replace('acme', 'Acme'), {}),
    cause: 'case-mismatch',
    says: ['workspaces/Acme', 'workspaces/acme'],
    fix: providerArn(BITBUCKET),
  },
  {
    name: "the workspace's UUID for its slug",
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BY_UUID, {}),
    cause: 'issuer-form',
    says: ["has the workspace's UUID; the token's issuer has its slug"],
    fix: providerArn(BITBUCKET),
  },
  {
    name: "the workspace's UUID for its slug, in the keys as well, and the action of another principal",
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(
      BY_UUID,
      {
        StringEquals: { [`${BY_UUID}:aud`]: BITBUCKET_CLAIMS.aud },
        StringLike: { [`${BY_UUID}:sub`]: `{${REPOSITORY}}:*` },
      },
      { Action: 'sts:AssumeRole' },
    ),
    cause: 'issuer-form',
    says: ["has the workspace's UUID; the token's issuer has its slug"],
    fix: /^Write "Federated": ".*" in the Principal of Statement\[0\], then write "Action": "sts:AssumeRoleWithWebIdentity" in Statement\[0\], then change .* in "StringEquals", then change .* in "StringLike"\.$/,
  },
  {
    name: 'the organization name for its id',
    claims: AZURE_CLAIMS,
    policy: trustPolicy('vstoken.dev.azure.com/acme', {}),
    cause: 'issuer-form',
    says: ['not its name'],
    fix: providerArn(AZURE),
  },
  {
    name: 'everyone',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, { StringEquals: { [AUD]: 'x' } }, { Principal: { AWS: '*' } }),
    cause: 'principal-not-provider',
    says: ['names no identity provider', providerArn(BITBUCKET)],
    fix: TO_ADD,
  },
  {
    name: 'the issuer URL for the ARN',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {}, { Principal: { Federated: `https://${BITBUCKET}` } }),
    cause: 'principal-not-provider',
    says: ["must be a provider's ARN"],
    fix: providerArn(BITBUCKET),
  },
  {
    name: 'everyone but',
    claims: BITBUCKET_CLAIMS,
    policy: { Statement: { Effect: 'Allow', NotPrincipal: { Federated: 'x' }, Action: 'sts:AssumeRole' } },
    cause: 'principal-not-provider',
    says: ['names no identity provider'],
    fix: TO_ADD,
  },

  {
    name: 'another action',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, OWN, { Action: 'sts:AssumeRole' }),
    cause: 'action-missing',
    says: ['allows "sts:AssumeRole"', 'asks for "sts:AssumeRoleWithWebIdentity"'],
    fix: 'Write "Action": "sts:AssumeRoleWithWebIdentity" in Statement[0].',
  },
  {
    name: 'everything but the action',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {}, { Action: undefined, NotAction: 'sts:Assume*' }),
    cause: 'action-missing',
    says: ['allows everything but "sts:Assume*"'],
    fix: TO_ADD,
  },
  {
    name: 'session tags',
    claims: { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/tags/principal_tags/Team': 'x' },
    policy: good,
    cause: 'tag-session-missing',
    says: ['carries session tags'],
    fix: '"sts:TagSession"',
  },
  {
    name: 'session tags of a token that is refused before they matter',
    claims: { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/tags/principal_tags/Team': 'x' },
    policy: like(`{${OTHER_REPOSITORY}}:*`),
    cause: 'other-subject',
    says: ['that is another repository'],
    fix: `{${REPOSITORY}}:*`,
  },
  {
    name: 'session tags that a Deny is about',
    claims: { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/tags/principal_tags/Team': 'x' },
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Federated: providerArn(BITBUCKET) }, Action: 'sts:*' },
        { Effect: 'Deny', Principal: '*', Action: 'sts:TagSession' },
      ],
    },
    cause: 'explicit-deny',
    says: ['Statement[1] denies this token. A Deny wins'],
    fix: /^Statement\[1\] keeps this job out on purpose\./,
  },
  {
    name: 'a source identity',
    claims: { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/source_identity': 'ann' },
    policy: good,
    cause: 'source-identity-missing',
    says: ['carries a source identity'],
    fix: '"sts:SetSourceIdentity"',
  },
  {
    name: 'a Deny',
    claims: BITBUCKET_CLAIMS,
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Federated: providerArn(BITBUCKET) }, Action: 'sts:AssumeRoleWithWebIdentity' },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Condition: { StringLike: { [SUB]: '{*' }, Null: { 'aws:MultiFactorAuthPresent': 'true' } },
        },
      ],
    },
    cause: 'explicit-deny',
    says: [
      `Statement[1] denies this token: StringLike on "${SUB}" with "{*" holds for "{${REPOSITORY}}:{${STEP}}"; Null on "aws:MultiFactorAuthPresent" with "true" holds for a token without it. A Deny wins over every Allow.`,
    ],
    fix: /^Statement\[1\] keeps this job out on purpose\./,
  },
  {
    name: 'a Deny without conditions',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(BITBUCKET, {}, { Effect: 'Deny' }),
    cause: 'explicit-deny',
    says: ['Statement[0] denies this token. A Deny wins'],
    fix: 'Statement[0]',
  },
  {
    name: 'a Deny that does not matter, and nothing else',
    claims: BITBUCKET_CLAIMS,
    policy: trustPolicy(GITHUB, {}, { Effect: 'Deny' }),
    cause: 'no-allow',
    says: ['no Allow statement'],
    fix: TO_ADD,
  },
  {
    name: 'a policy IAM refuses',
    claims: BITBUCKET_CLAIMS,
    policy: '{}',
    cause: 'policy-syntax',
    says: ['not valid'],
    fix: 'Correct the policy there.',
  },

  {
    name: 'a token without a subject',
    claims: { ...BITBUCKET_CLAIMS, sub: undefined },
    policy: good,
    cause: 'token-incomplete',
    says: ['has no "sub"'],
    fix: 'identity token',
  },
  {
    name: 'several audiences',
    claims: { ...BITBUCKET_CLAIMS, aud: ['a', 'b'] },
    policy: good,
    cause: 'token-many-audiences',
    says: ['"a", "b"'],
    fix: 'Remove "oidc: audiences:" from this step.',
  },
  {
    name: 'a token with nothing but its issuer',
    claims: { iss: BITBUCKET_CLAIMS['iss'] },
    policy: good,
    cause: 'token-incomplete',
    says: ['The token has no "sub", "aud"; AWS requires "iss", "sub" and "aud".'],
    fix: 'identity token',
  },
  {
    name: 'a token whose subject is a list, with an authorized party',
    claims: { ...AZURE_CLAIMS, sub: ['x'], aud: [], azp: 'client' },
    policy: good,
    cause: 'token-incomplete',
    says: ['has no "sub", "aud"'],
    fix: 'identity token',
  },
  {
    name: 'several audiences of an issuer nobody here knows',
    claims: { iss: 'https://ci.example', sub: 'x', aud: ['a', 'b'] },
    policy: good,
    cause: 'token-many-audiences',
    says: ['has the audiences "a", "b" and no authorized party'],
    fix: 'one audience',
  },
  {
    name: 'a roles claim without the role, of a token with several audiences and an authorized party',
    claims: {
      ...AZURE_CLAIMS,
      aud: ['a', 'b'],
      azp: 'a',
      'https://aws.amazon.com/roles': 'arn:aws:iam::111122223333:role/x',
    },
    policy: good,
    cause: 'role-not-listed',
    says: ['does not list this role'],
    fix: `Let the CI system list ${ROLE_ARN} in the claim "https://aws.amazon.com/roles".`,
  },
  {
    name: 'several audiences elsewhere',
    claims: { ...GITHUB_CLAIMS, aud: ['a', 'b'] },
    policy: good,
    cause: 'token-many-audiences',
    says: ['"a", "b"'],
    fix: 'one audience',
  },
  {
    name: 'a roles claim without the role',
    claims: { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/roles': [] },
    policy: good,
    cause: 'role-not-listed',
    says: ['contains no valid role ARNs'],
    fix: ROLE_ARN,
  },
  {
    name: 'an issuer that begins with http://',
    claims: { ...BITBUCKET_CLAIMS, iss: `http://${BITBUCKET}` },
    policy: good,
    cause: 'token-unusable',
    says: [
      `The token's issuer is "http://${BITBUCKET}", and IAM has identity providers only for issuers that begin with https://.`,
    ],
    fix: 'as the CI system issued it',
  },
];

function matches(text: string, part: string | RegExp): void {
  if (typeof part === 'string') assert.ok(text.includes(part), `${text}\ndoes not say\n${part}`);
  else assert.match(text, part);
}

describe('explaining a refusal', () => {
  for (const { name, claims, policy, cause, says, fix, context } of CASES) {
    it(`${name}: ${cause}`, () => {
      const explanation = explain(claims, policy, { roleArn: ROLE_ARN, ...(context === undefined ? {} : { context }) });
      assert.equal(explanation.cause, cause, explanation.summary);
      assert.equal(explanation.verdict, cause === 'request-unknown' ? 'unknown' : 'denied');
      for (const part of says) matches(explanation.summary, part);
      matches(explanation.fix, fix);
      assert.match(explanation.summary, /^[A-Z"].*\.$/s);
      assert.match(explanation.fix, /\.$/);
      if (explanation.path === undefined) assert.deepEqual(explanation.conditions, []);
    });

    it(`${name}: the proposed statement admits the token`, () => {
      const { statement } = explain(claims, policy, { roleArn: ROLE_ARN });
      if (/^(?:token-|explicit-deny|another-owner)/.test(cause)) return assert.equal(statement, undefined);
      const fixedPolicy = { Version: '2012-10-17', Statement: [statement] };
      const expected = cause === 'role-not-listed' ? 'deny' : 'allow';
      // It keeps conditions whose result is unknown.
      const context = { 'aws:SourceIp': '192.0.2.7', 'aws:RequestedRegion': '123456789012' };
      assert.equal(evaluate(fixedPolicy, { claims, roleArn: ROLE_ARN, context }).decision, expected);
    });
  }

  it('has a case for every cause of a refusal', () => {
    const covered = new Set([...CASES.map(({ cause }) => cause), 'allowed', 'no-policy']);
    assert.deepEqual(
      Object.keys(CAUSES).filter((cause) => !covered.has(cause)),
      [],
    );
  });

  it('lists every condition that fails, with both sides', () => {
    const policy = trustPolicy(BITBUCKET, {
      StringEquals: { [AUD]: 'x' },
      StringLike: { [SUB]: ['a', 'b'] },
      Null: { [SUB]: 'false' },
    });
    const { path, conditions } = explain(BITBUCKET_CLAIMS, policy, { roleArn: ROLE_ARN });
    assert.equal(path, 'Statement[0]');
    assert.deepEqual(conditions, [
      {
        operator: 'StringEquals',
        key: AUD,
        expected: ['x'],
        observed: [`ari:cloud:bitbucket::workspace/${WORKSPACE}`],
      },
      { operator: 'StringLike', key: SUB, expected: ['a', 'b'], observed: [`{${REPOSITORY}}:{${STEP}}`] },
    ]);
  });

  describe('the nearest statement', () => {
    const other = BITBUCKET.replace('acme', 'other');
    const trusting = (Federated: readonly string[]) => ({ ...statement(BITBUCKET, {}), Principal: { Federated } });
    const cases: readonly [name: string, statements: readonly object[], path: string][] = [
      [
        'is one with more conditions that hold, if fewer fail',
        [
          statement(BITBUCKET, { StringEquals: { [SUB]: 'x', [AUD]: 'y' } }),
          statement(BITBUCKET, { StringEquals: { ...BITBUCKET_AUDIENCE, [SUB]: 'x' }, Null: { [SUB]: 'false' } }),
        ],
        'Statement[1]',
      ],
      [
        'is one that names the issuer among others',
        [trusting([providerArn(other)]), trusting([providerArn(GITHUB), providerArn(BITBUCKET, '210987654321')])],
        'Statement[1]',
      ],
      [
        'is one that names the system among others, be they unknown',
        [
          trusting([providerArn('ci.example')]),
          trusting([providerArn(GITHUB)]),
          trusting([providerArn('ci.example'), providerArn(other)]),
        ],
        'Statement[2]',
      ],
      [
        'is one for the provider rather than one for another',
        [statement(GITHUB, {}), statement(BITBUCKET, { StringEquals: { [SUB]: 'x', [AUD]: 'y' } })],
        'Statement[1]',
      ],
      [
        'is the one with fewest misses',
        [
          statement(BITBUCKET, { StringEquals: { [SUB]: 'x', [AUD]: 'y' } }),
          statement(BITBUCKET, { StringEquals: { [SUB]: 'x' } }),
        ],
        'Statement[1]',
      ],
      [
        'counts an action as a miss',
        [
          { ...statement(BITBUCKET, { StringEquals: { [SUB]: 'x' } }), Action: 'sts:TagSession' },
          statement(BITBUCKET, { StringEquals: { [SUB]: 'x' } }),
        ],
        'Statement[1]',
      ],
      [
        'is the first of equals',
        [
          statement(BITBUCKET, { StringEquals: { [SUB]: 'x' } }),
          statement(BITBUCKET, { StringEquals: { [SUB]: 'y' } }),
        ],
        'Statement[0]',
      ],
      [
        'is one for the issuer in another account before one for the same system',
        [statement(other, {}), statement(BITBUCKET, {}, '210987654321')],
        'Statement[1]',
      ],
      [
        'is one for the same system before one for another',
        [statement(GITHUB, {}), statement(other, {})],
        'Statement[1]',
      ],
      [
        'is never a Deny',
        [{ ...statement(BITBUCKET, { StringEquals: { [SUB]: 'x' } }), Effect: 'Deny' }, statement(GITHUB, {})],
        'Statement[1]',
      ],
    ];
    for (const [name, statements, path] of cases) {
      it(name, () => {
        assert.equal(
          explain(BITBUCKET_CLAIMS, { Version: '2012-10-17', Statement: statements }, { roleArn: ROLE_ARN }).path,
          path,
        );
      });
    }
  });

  it('finds the nearest statement for an unknown issuer', () => {
    const Statement = [statement(GITHUB, {}), statement('ci.example', { StringEquals: { 'ci.example:sub': 'y' } })];
    const claims = { iss: 'https://ci.example', aud: 'a', sub: 'x' };
    assert.equal(explain(claims, { Version: '2012-10-17', Statement }).path, 'Statement[1]');
  });

  it('prefers a statement with only unknown conditions to one that fails', () => {
    const open = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' }, StringEquals: { 'aws:UserAgent': 'x', [SUB]: 'x' } };
    const Statement = [statement(BITBUCKET, { StringEquals: { [SUB]: 'x', [AUD]: 'y' } }), statement(BITBUCKET, open)];
    assert.equal(explain(BITBUCKET_CLAIMS, { Version: '2012-10-17', Statement }).path, 'Statement[1]');
  });

  describe('a condition with several values', () => {
    const OTHERS = `{${OTHER_REPOSITORY}}:*`;
    const OUR_SUBJECT = `{${REPOSITORY}}:*`;
    const OUR_ENVIRONMENT = `{${REPOSITORY}}:{${ENVIRONMENT}}:*`;
    const write = (operator: string, key: string, value: unknown, instead: string, oldValue: unknown) =>
      operator === instead
        ? `hange ${JSON.stringify(oldValue)} to ${JSON.stringify(value)} in "${operator}" on "${key}".`
        : `hange "${key}": ${JSON.stringify(oldValue)} in "${instead}" to "${key}": ${JSON.stringify(value)} in "${operator}".`;
    const subs = (operator: string, values: readonly string[], more: object = { StringEquals: BITBUCKET_AUDIENCE }) =>
      trustPolicy(BITBUCKET, { ...more, [operator]: { [SUB]: values } });
    const AZURE_OTHERS = 'sc://acme/Web Shop/other';
    const cases: readonly [name: string, claims: Claims, policy: object, cause: CauseId, fix: string][] = [
      [
        'adds to other repositories',
        BITBUCKET_CLAIMS,
        subs('StringLike', [OTHERS, `{${STEP}}:*`]),
        'other-subject',
        write('StringLike', SUB, [OTHERS, `{${STEP}}:*`, OUR_SUBJECT], 'StringLike', [OTHERS, `{${STEP}}:*`]),
      ],
      [
        'adds to an environment',
        BITBUCKET_CLAIMS,
        subs('StringLike', [OTHERS, OUR_ENVIRONMENT]),
        'deployment-missing',
        write('StringLike', SUB, [OTHERS, OUR_ENVIRONMENT, OUR_SUBJECT], 'StringLike', [OTHERS, OUR_ENVIRONMENT]),
      ],
      [
        'adds to another environment',
        BITBUCKET_DEPLOYMENT_CLAIMS,
        subs('ForAnyValue:StringLike', [`{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:*`, OTHERS]),
        'other-environment',
        write(
          'ForAnyValue:StringLike',
          SUB,
          [`{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:*`, OTHERS, OUR_ENVIRONMENT],
          'ForAnyValue:StringLike',
          [`{${REPOSITORY}}:{${OTHER_ENVIRONMENT}}:*`, OTHERS],
        ),
      ],
      [
        'replaces the one that admits nobody',
        BITBUCKET_CLAIMS,
        subs('StringLike', [OTHERS, `${REPOSITORY}:*`]),
        'bitbucket-braces-missing',
        write('StringLike', SUB, [OTHERS, OUR_SUBJECT], 'StringLike', [OTHERS, `${REPOSITORY}:*`]),
      ],
      [
        'replaces a placeholder',
        BITBUCKET_CLAIMS,
        subs('StringLike', ['${BITBUCKET_REPO_UUID}:*', OTHERS]),
        'placeholder',
        write('StringLike', SUB, [OTHERS, OUR_SUBJECT], 'StringLike', ['${BITBUCKET_REPO_UUID}:*', OTHERS]),
      ],
      [
        'keeps the others literal where one must be a pattern',
        BITBUCKET_CLAIMS,
        subs('StringEquals', [OTHERS, OUR_SUBJECT], {}),
        'equals-with-wildcard',
        write('StringLike', SUB, [OTHERS.replace('*', '${*}'), OUR_SUBJECT], 'StringEquals', [OTHERS, OUR_SUBJECT]),
      ],
      [
        'writes one value where one is left',
        BITBUCKET_CLAIMS,
        subs('StringEquals', [OUR_SUBJECT, OUR_SUBJECT], {}),
        'equals-with-wildcard',
        write('StringLike', SUB, OUR_SUBJECT, 'StringEquals', [OUR_SUBJECT, OUR_SUBJECT]),
      ],
      [
        'adds what is equal among equals',
        AZURE_CLAIMS,
        trustPolicy(AZURE, { StringEquals: { [AZURE_SUB]: [AZURE_OTHERS, 'p://acme/Web Shop/x'] } }),
        'other-subject',
        write('StringEquals', AZURE_SUB, [AZURE_OTHERS, 'p://acme/Web Shop/x', AZURE_CLAIMS['sub']], 'StringEquals', [
          AZURE_OTHERS,
          'p://acme/Web Shop/x',
        ]),
      ],
      [
        'adds what is equal among patterns, taken literally',
        { ...AZURE_CLAIMS, sub: 'sc://acme/Web Shop/a*?' },
        trustPolicy(AZURE, { StringLike: { [AZURE_SUB]: [AZURE_OTHERS, 'sc://acme/x/*'] } }),
        'other-subject',
        write('StringLike', AZURE_SUB, [AZURE_OTHERS, 'sc://acme/x/*', 'sc://acme/Web Shop/a${*}${?}'], 'StringLike', [
          AZURE_OTHERS,
          'sc://acme/x/*',
        ]),
      ],
      [
        'adds an audience',
        AZURE_CLAIMS,
        trustPolicy(AZURE, { StringEquals: { [`${AZURE}:aud`]: ['one', 'two'], [AZURE_SUB]: AZURE_CLAIMS['sub'] } }),
        'wrong-audience',
        write('StringEquals', `${AZURE}:aud`, ['one', 'two', 'api://AzureADTokenExchange'], 'StringEquals', [
          'one',
          'two',
        ]),
      ],
    ];
    for (const [name, claims, policy, cause, fix] of cases) {
      it(`${name}: ${cause}`, () => {
        const explanation = explain(claims, policy, { roleArn: ROLE_ARN });
        assert.equal(explanation.cause, cause);
        assert.ok(explanation.fix.includes(fix), `${explanation.fix}\ndoes not say\n${fix}`);
      });
    }

    it('adds a statement if no operator compares both values', () => {
      const ignoringCase = subs('StringEqualsIgnoreCase', [OTHERS, OUR_SUBJECT]);
      assert.match(explain(BITBUCKET_CLAIMS, ignoringCase, { roleArn: ROLE_ARN }).fix, /^Add the statement \{/);
    });

    it('leaves a condition that does not compare text to a person', () => {
      const policy = trustPolicy(BITBUCKET, { ArnLike: { [`https://${SUB}`]: ['arn:a:b:c:d:*', 'arn:a:b:c:e:*'] } });
      const { fix, patch } = explain(BITBUCKET_CLAIMS, policy);
      assert.deepEqual(
        [fix, patch],
        ['Write "<issuer>:sub" as the key. The policy then admits more than it does now.', undefined],
      );
    });
  });

  it('keeps conditions with an unknown result in the proposed statement', () => {
    const policy = trustPolicy(BITBUCKET, {
      StringEquals: { [AUD]: 'x', 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2'] },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
    const { statement, conditions } = explain(BITBUCKET_CLAIMS, policy, { roleArn: ROLE_ARN });
    assert.deepEqual(statement?.Condition, {
      StringEquals: { ...BITBUCKET_AUDIENCE, 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2'] },
      StringLike: { [SUB]: `{${REPOSITORY}}:*` },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
    assert.deepEqual(
      conditions.map(({ key, unknownKey }) => [key, unknownKey]),
      [
        [AUD, undefined],
        ['aws:RequestedRegion', 'aws:RequestedRegion'],
        ['aws:SourceIp', 'aws:SourceIp'],
      ],
    );
    const [judged] = conditions;
    assert.ok(judged && !('unknownKey' in judged));
  });

  it('lists the conditions of a Deny', () => {
    const policy = trustPolicy(BITBUCKET, { StringLike: { [SUB]: '{*' } }, { Effect: 'Deny' });
    assert.deepEqual(explain(BITBUCKET_CLAIMS, policy).conditions, [
      { operator: 'StringLike', key: SUB, expected: ['{*'], observed: [`{${REPOSITORY}}:{${STEP}}`] },
    ]);
  });

  it('names the statement that admits the token', () => {
    const { verdict, cause, summary, path, conditions, fix } = explain(BITBUCKET_CLAIMS, good, { roleArn: ROLE_ARN });
    assert.deepEqual(
      { verdict, cause, summary, path, conditions },
      {
        verdict: 'allowed',
        cause: 'allowed',
        summary: 'Statement[0] admits this token.',
        path: 'Statement[0]',
        conditions: [],
      },
    );
    assert.match(fix, /^Nothing needs to change for this token\. If AWS still refuses: /);
  });

  it('describes the required statement if there is no policy', () => {
    const token =
      'the token has the audience "api://AzureADTokenExchange" and the subject "sc://acme/Web Shop/aws-prod".';
    const { statement, ...explanation } = explain(AZURE_CLAIMS, undefined, { roleArn: ROLE_ARN });
    assert.deepEqual(explanation, {
      verdict: 'unknown',
      cause: 'no-policy',
      summary: `AWS looks for ${providerArn(AZURE)}; ${token}`,
      conditions: [],
      fix: 'Compare them with the trust policy of the role. The statement given admits every job with the subject "sc://acme/Web Shop/aws-prod".',
      widens: true,
    });
    assert.equal(statement?.Principal.Federated, providerArn(AZURE));
    const { summary, fix } = explain(AZURE_CLAIMS, undefined);
    assert.equal(summary, `AWS looks for the provider of "${AZURE}"; ${token}`);
    assert.equal(fix, 'Compare them with the trust policy of the role.');
  });

  const narrower: readonly { name: string; claims: Claims; fix: RegExp }[] = [
    {
      name: 'a step without deployment',
      claims: BITBUCKET_CLAIMS,
      fix: /^This step has no "deployment:"\. .* admits every step of the repository \{[\w-]+\}, on every branch\.$/,
    },
    {
      name: 'a step with one',
      claims: BITBUCKET_DEPLOYMENT_CLAIMS,
      fix: /^The statement given admits every step of the repository \{[\w-]+\} that deploys to \{[\w-]+\}\.$/,
    },
    {
      name: 'a pipeline without service connection',
      claims: AZURE_PIPELINE_CLAIMS,
      fix: /^This job uses no service connection\. .* admits every job with the subject "p:[^"]*"\.$/,
    },
    {
      name: 'a pipeline with one',
      claims: AZURE_CLAIMS,
      fix: /^The statement given admits every job with the subject "sc:[^"]*"\.$/,
    },
    {
      name: 'a job on a branch',
      claims: GITHUB_CLAIMS,
      fix: /^This job runs for the branch "main" and names no environment\. .* admits every job with the subject "repo:/,
    },
    {
      name: 'a job whose subject anybody can have',
      claims: { ...GITHUB_CLAIMS, sub: 'environment:production' },
      fix: /^The statement given admits every job with the subject "environment:production", with any owner\.$/,
    },
  ];
  for (const { name, claims, fix } of narrower) {
    it(`names the setting that the job may lack, and the admitted jobs, for ${name}`, () => {
      const start = 'Compare them with the trust policy of the role. ';
      const advice = explain(claims, undefined, { roleArn: ROLE_ARN }).fix;
      assert.ok(advice.startsWith(start), advice);
      assert.match(advice.slice(start.length), fix);
    });
  }

  it('works without a role ARN, but then proposes no statement', () => {
    const cases: readonly [policy: unknown, cause: CauseId][] = [
      [undefined, 'no-policy'],
      [good, 'allowed'],
      [equals(`{${REPOSITORY}}:*`), 'equals-with-wildcard'],
      [trustPolicy(GITHUB, {}), 'principal-other-issuer'],
      [trustPolicy(BITBUCKET, { StringEquals: { [AUD]: 'x' } }), 'wrong-audience'],
      [trustPolicy(BITBUCKET, { StringEquals: { [`https://${AUD}`]: 'x' } }), 'scheme-in-key'],
      [like('{$(REPO)}:*'), 'placeholder'],
    ];
    for (const [policy, cause] of cases) {
      const explanation: Explanation = explain(BITBUCKET_CLAIMS, policy);
      assert.deepEqual([explanation.cause, explanation.statement], [cause, undefined]);
    }
    assert.equal(explain({ ...BITBUCKET_CLAIMS, aud: ['a', 'b'] }, good).cause, 'token-many-audiences');
  });

  it('names the statement once', () => {
    const summaryOf = (more: object) => explain(BITBUCKET_CLAIMS, trustPolicy(BITBUCKET, { Bool: {} }, more)).summary;
    const condition = { Condition: { StringEquals: { [AUD]: 'x' } } };
    assert.match(summaryOf(condition), /^In Statement\[0\], StringEquals on /);
    assert.match(summaryOf({ ...condition, Action: 'sts:AssumeRole' }), /^Statement\[0\] allows /);
    const otherProvider = { Principal: { Federated: providerArn(BITBUCKET.replace('acme', 'other')) } };
    assert.match(summaryOf({ ...condition, ...otherProvider }), /^Statement\[0\] trusts /);
    assert.match(summaryOf({ ...condition, ...otherProvider, Action: 'sts:AssumeRole' }), /^Statement\[0\] trusts /);
  });

  it('names the provider by its issuer if the role is unknown', () => {
    const { summary, fix, patch } = explain(BITBUCKET_CLAIMS, trustPolicy(GITHUB, {}));
    assert.equal(
      summary,
      `Statement[0] trusts ${providerArn(GITHUB)}, but AWS looks for the provider of "${BITBUCKET}", because the token's issuer is "https://${BITBUCKET}".`,
    );
    assert.equal(
      fix,
      `Add a statement whose Federated principal is the provider of "${BITBUCKET}", with "Condition": ${JSON.stringify(OWN)}.`,
    );
    assert.equal(patch, undefined);
    const { fix: decision } = explain(BITBUCKET_CLAIMS, trustPolicy(BITBUCKET.replace('acme', 'other'), {}));
    assert.match(
      decision,
      /^The statement trusts another workspace, .* nothing needs to change\. If it is, .*, add a statement whose/,
    );
  });

  it('accepts a roles claim if the role is unknown', () => {
    const claims = { ...BITBUCKET_CLAIMS, 'https://aws.amazon.com/roles': ['arn:aws:iam::111122223333:role/x'] };
    assert.equal(explain(claims, good).cause, 'allowed');
  });

  it('agrees with the evaluation, for any subject and pattern', () => {
    const piece = fc.constantFrom('{', '}', ':', '*', '?', REPOSITORY, ENVIRONMENT, STEP, 'production', '/');
    const text = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, fc.constantFrom('StringLike', 'StringEquals'), (sub, pattern, operator) => {
        const claims = { ...BITBUCKET_CLAIMS, sub };
        const policy = trustPolicy(BITBUCKET, { [operator]: { [SUB]: pattern } });
        const { verdict, fix } = explain(claims, policy, { roleArn: ROLE_ARN });
        assert.equal(verdict === 'allowed', evaluate(policy, { claims, roleArn: ROLE_ARN }).decision === 'allow');
        assert.notEqual(fix, '');
      }),
      { numRuns: 500 },
    );
  });

  it('rethrows an error that is not about the policy', () => {
    const broken = {
      get Version(): string {
        throw new TypeError('not readable');
      },
    };
    assert.throws(() => explain(BITBUCKET_CLAIMS, broken, { roleArn: ROLE_ARN }), TypeError);
  });

  it('throws on an invalid role ARN', () => {
    assert.throws(() => explain(BITBUCKET_CLAIMS, good, { roleArn: 'deploy' }), RangeError);
  });
});

describe('explaining without the role', () => {
  it('proposes the same conditions as with the role, without intermediate steps', () => {
    const policy = equals(`{${REPOSITORY}}:*`);
    const { fix, statement } = explain(BITBUCKET_CLAIMS, policy);
    assert.equal(fix, explain(BITBUCKET_CLAIMS, policy, { roleArn: ROLE_ARN }).fix);
    assert.ok(!fix.includes(STEP), fix);
    assert.equal(statement, undefined);
  });
});
