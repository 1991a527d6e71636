import assert from 'node:assert/strict';
import { type Claims, narrowerJob } from '../src/index.ts';
import {
  AZURE_CLAIMS,
  AZURE_PIPELINE_CLAIMS,
  BITBUCKET_CLAIMS,
  BITBUCKET_DEPLOYMENT_CLAIMS,
  GITHUB_CLAIMS,
} from './support.ts';

describe('the setting that a job may lack if its role trusts less', () => {
  const cases: { name: string; claims: Claims; lacks: RegExp | undefined }[] = [
    { name: 'a step of Bitbucket', claims: BITBUCKET_CLAIMS, lacks: /^This step has no "deployment:"/ },
    { name: 'a step with a deployment', claims: BITBUCKET_DEPLOYMENT_CLAIMS, lacks: undefined },
    {
      name: 'a pipeline of Azure DevOps',
      claims: AZURE_PIPELINE_CLAIMS,
      lacks: /^This job uses no service connection/,
    },
    { name: 'a service connection', claims: AZURE_CLAIMS, lacks: undefined },
    {
      name: 'a job of GitHub on a branch',
      claims: GITHUB_CLAIMS,
      lacks: /^This job runs for the branch "main" and names no environment/,
    },
    {
      name: 'a job of GitHub with an environment',
      claims: { ...GITHUB_CLAIMS, sub: 'repo:acme/site:environment:prod' },
      lacks: undefined,
    },
    {
      name: 'a job of GitHub with a customised subject',
      claims: { ...GITHUB_CLAIMS, sub: 'actor:ann' },
      lacks: undefined,
    },
    {
      name: 'a pull request',
      claims: { ...GITHUB_CLAIMS, sub: 'repo:acme/site:pull_request' },
      lacks: /^This job runs for pull requests/,
    },
    {
      name: 'a job of GitLab',
      claims: { iss: 'https://gitlab.com', sub: 'project_path:acme/site:ref_type:branch:ref:dev' },
      lacks: /^This job runs for the branch "dev"/,
    },
    {
      name: 'a plan',
      claims: { iss: 'https://app.terraform.io', sub: 'organization:o:project:p:workspace:w:run_phase:plan' },
      lacks: /^This run is a plan/,
    },
    {
      name: 'an apply',
      claims: { iss: 'https://app.terraform.io', sub: 'organization:o:project:p:workspace:w:run_phase:apply' },
      lacks: undefined,
    },
    {
      name: 'a build of Buildkite',
      claims: {
        iss: 'https://agent.buildkite.com',
        sub: 'organization:acme:pipeline:shop:ref:refs/heads/x:commit:y:step:z',
      },
      lacks: /^This build runs for the branch "x"/,
    },
    { name: 'an issuer nobody knows', claims: { ...BITBUCKET_CLAIMS, iss: 'https://ci.example' }, lacks: undefined },
  ];
  for (const { name, claims, lacks } of cases) {
    it(`${lacks === undefined ? 'nothing' : 'something'}: ${name}`, () => {
      const advice = narrowerJob({ issuer: String(claims['iss']), sub: String(claims['sub']) });
      if (lacks === undefined) assert.equal(advice, undefined);
      else assert.match(advice?.lacks ?? '', lacks);
    });
  }
});
