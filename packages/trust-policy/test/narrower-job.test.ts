import assert from 'node:assert/strict';
import { type Claims, narrowerJob } from '../src/index.ts';
import {
  AZURE_CLAIMS,
  AZURE_PIPELINE_CLAIMS,
  BITBUCKET_CLAIMS,
  BITBUCKET_DEPLOYMENT_CLAIMS,
  GITHUB_CLAIMS,
} from './support.ts';

describe('what a job may lack where its role trusts less', () => {
  const cases: { name: string; claims: Claims; lacks: RegExp | undefined }[] = [
    { name: 'a step of Bitbucket', claims: BITBUCKET_CLAIMS, lacks: /^The step has no "deployment:"/ },
    { name: 'a step with a deployment', claims: BITBUCKET_DEPLOYMENT_CLAIMS, lacks: undefined },
    { name: 'a pipeline of Azure DevOps', claims: AZURE_PIPELINE_CLAIMS, lacks: /^The job uses no service connection/ },
    { name: 'a service connection', claims: AZURE_CLAIMS, lacks: undefined },
    { name: 'a job of GitHub', claims: GITHUB_CLAIMS, lacks: undefined },
    {
      name: 'a pipeline of another system',
      claims: { iss: 'https://agent.buildkite.com', sub: 'organization:acme:pipeline:shop:ref:x:commit:y:step:z' },
      lacks: undefined,
    },
    { name: 'an issuer nobody knows', claims: { ...BITBUCKET_CLAIMS, iss: 'https://ci.example' }, lacks: undefined },
  ];
  for (const { name, claims, lacks } of cases) {
    it(`${lacks === undefined ? 'nothing' : 'something'}: ${name}`, () => {
      const said = narrowerJob({ issuer: String(claims['iss']), sub: String(claims['sub']) });
      if (lacks === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', lacks);
    });
  }
});
