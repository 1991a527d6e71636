import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type Running, running } from './running-emulator.ts';

describe("Azure DevOps's token endpoint", () => {
  let aws: Running;
  before(async () => {
    aws = await running();
  });
  after(() => aws.emulator.stop());

  interface TokenRequest {
    readonly method?: string;
    readonly query?: string;
    readonly headers?: Record<string, string>;
    readonly url?: (uri: string) => string;
  }
  const ask = ({ method = 'POST', query = '?api-version=7.1', headers = {}, url = (uri) => uri }: TokenRequest) => {
    const { oidcRequestUri, accessToken } = aws.emulator.ready;
    return fetch(url(oidcRequestUri) + query, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, ...headers },
      redirect: 'manual',
    });
  };
  const token = async (tokenRequest: TokenRequest) => {
    const response = await ask(tokenRequest);
    const { oidcToken } = (await response.json()) as { oidcToken: string };
    return { claims: decodeJwt(oidcToken), header: decodeProtectedHeader(oidcToken) };
  };

  it("issues the pipeline's token with the claims of the run", async () => {
    const { claims, header } = await token({});
    const { iat = 0, jti, ...others } = claims;
    assert.match(String(jti), /^[0-9a-f-]{36}$/);
    assert.deepEqual(others, {
      iss: aws.emulator.ready.issuers.azureDevOps,
      aud: 'api://AzureADTokenExchange',
      sub: 'p://acme/shop/deploy',
      nbf: iat - 600,
      exp: iat + 300,
      org_id: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55',
      prj_id: '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c66',
      def_id: '17',
      rpo_id: '5a4b3c2d-1e0f-4987-a6b5-c4d3e2f10a77',
      rpo_uri: 'https://dev.azure.com/acme/shop/_git/shop',
      rpo_ver: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
      rpo_ref: 'refs/heads/main',
      run_id: '4711',
    });
    assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid', 'typ', 'x5t']);
  });

  it("issues a service connection's token without claims of the run", async () => {
    const { claims } = await token({
      query: '?api-version=7.1&serviceConnectionId=8C7B6A59-4837-4261-8504-F3E2D1C0B999',
    });
    assert.equal(claims.sub, 'sc://acme/shop/aws-deploy');
    assert.deepEqual(Object.keys(claims).sort(), ['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sub']);
  });

  it('accepts the version in the Accept header', async () => {
    assert.equal((await ask({ query: '', headers: { accept: 'application/json; api-version=7.1' } })).status, 200);
  });

  it('refuses a connection that the job does not refer to', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const response = await ask({ query: `?api-version=7.1&serviceConnectionId=${id}` });
    assert.equal(response.status, 400);
    const value = `There is no explicit reference to service connection ${id} from current stage Deploy.deploy.__default.`;
    assert.deepEqual(await response.json(), { count: value.length, value });
  });

  const refused: readonly { name: string; tokenRequest: TokenRequest; status: number; expected: RegExp }[] = [
    {
      name: 'a GET',
      tokenRequest: { method: 'GET' },
      status: 405,
      expected: /"The requested resource does not support http method 'GET'\."/,
    },
    { name: 'no version', tokenRequest: { query: '' }, status: 400, expected: /"VssVersionNotSpecifiedException"/ },
    {
      name: 'a wrong token with 401 if the sign-in page is suppressed',
      tokenRequest: { headers: { authorization: 'Bearer wrong', 'X-TFS-FedAuthRedirect': 'Suppress' } },
      status: 401,
      expected: /"message":"TF400813: The user '' is not authorized to access this resource\."/,
    },
    {
      name: 'a personal access token',
      tokenRequest: { headers: { authorization: `Basic ${Buffer.from(':pat').toString('base64')}` } },
      status: 401,
      expected: /TF400813/,
    },
    {
      name: 'a wrong token with the sign-in page otherwise',
      tokenRequest: { headers: { authorization: 'Bearer wrong' } },
      status: 203,
      expected: /<title>Azure DevOps Services \| Sign In<\/title>/,
    },
    {
      name: 'another job',
      tokenRequest: { url: (uri) => uri.replace(/jobs\/[^/]+/, 'jobs/00000000-0000-4000-8000-00000000000a') },
      status: 404,
      expected: /No job found with identifier 00000000-0000-4000-8000-00000000000a/,
    },
  ];
  for (const { name, tokenRequest, status, expected } of refused) {
    it(`refuses ${name}`, async () => {
      const response = await ask(tokenRequest);
      assert.equal(response.status, status);
      assert.match(await response.text(), expected);
    });
  }

  it('redirects a request without a token to the sign-in page', async () => {
    const response = await fetch(aws.emulator.ready.oidcRequestUri, { method: 'POST', redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/_signin']);
  });
});

describe("GitHub's token endpoint", () => {
  let aws: Running;
  before(async () => {
    aws = await running({ github: { repository: 'globex/site', environment: 'production' } });
  });
  after(() => aws.emulator.stop());

  const ask = (audience: string, authorization?: string) => {
    const { requestUrl, requestToken } = aws.emulator.ready.github;
    return fetch(requestUrl + audience, { headers: { authorization: authorization ?? `bearer ${requestToken}` } });
  };
  const claims = async (audience: string) => {
    const { value } = (await (await ask(audience)).json()) as { value: string };
    return decodeJwt(value);
  };

  it('issues a token for the requested audience', async () => {
    const { aud, sub, repository } = await claims('&audience=sts.amazonaws.com');
    assert.deepEqual(
      [aud, sub, repository],
      ['sts.amazonaws.com', 'repo:globex/site:environment:production', 'globex/site'],
    );
  });

  it("issues a token for the owner's URL by default", async () => {
    assert.equal((await claims('')).aud, 'https://github.com/globex');
  });

  it('refuses a wrong token', async () => {
    assert.equal((await ask('', 'bearer wrong')).status, 401);
  });
});

describe('minting', () => {
  let aws: Running;
  before(async () => {
    aws = await running({
      bitbucket: {
        environments: { staging: '{00000000-0000-4000-8000-00000000000e}' },
        audiences: ['https://gw.example'],
      },
    });
  });
  after(() => aws.emulator.stop());
  const claims = async (request: Record<string, unknown>) => decodeJwt(await aws.mint(request));

  it("creates Bitbucket's token for another step each time", async () => {
    const { sub = '', stepUuid, repositoryUuid, ...others } = await claims({ provider: 'bitbucket' });
    assert.equal(sub, `${repositoryUuid}:${stepUuid}`);
    assert.match(sub, /^\{[0-9a-f-]{36}\}:\{[0-9a-f-]{36}\}$/);
    assert.equal(others.exp, (others.iat ?? 0) + 3600);
    assert.deepEqual(Object.keys(others).sort(), [
      'aud',
      'branchName',
      'exp',
      'iat',
      'iss',
      'pipelineUuid',
      'workspaceUuid',
    ]);
    assert.notEqual((await claims({ provider: 'bitbucket' })).sub, sub);
  });

  it('adds audiences as Bitbucket does, in a list after its own', async () => {
    const { aud } = await claims({ provider: 'bitbucket' });
    assert.deepEqual(aud, [
      'ari:cloud:bitbucket::workspace/6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11',
      'https://gw.example',
    ]);
  });

  for (const environment of [
    'staging',
    '00000000-0000-4000-8000-00000000000e',
    '{00000000-0000-4000-8000-00000000000e}',
  ]) {
    it(`puts the deployment environment ${environment} into subject and claims`, async () => {
      const { sub = '', deploymentEnvironmentUuid } = await claims({ provider: 'bitbucket', environment });
      assert.equal(deploymentEnvironmentUuid, '{00000000-0000-4000-8000-00000000000e}');
      assert.match(sub, /^\{[^}]+\}:\{00000000-0000-4000-8000-00000000000e\}:\{[^}]+\}$/);
    });
  }

  it("creates the service connection's token for Azure DevOps, or the pipeline's own", async () => {
    assert.equal((await claims({ provider: 'azure-devops' })).sub, 'sc://acme/shop/aws-deploy');
    assert.equal((await claims({ provider: 'azure-devops', serviceConnectionId: null })).sub, 'p://acme/shop/deploy');
  });

  it("creates GitHub's token for AWS's audience or another", async () => {
    assert.equal((await claims({ provider: 'github' })).aud, 'sts.amazonaws.com');
    assert.equal((await claims({ provider: 'github', audience: 'x' })).aud, 'x');
  });

  it('changes, adds and removes claims and header members', async () => {
    const token = await aws.mint({
      provider: 'github',
      claims: { sub: 'me', extra: [1], jti: null },
      nullClaims: ['azp'],
      expiresInSeconds: -5,
      header: { typ: null, kid: 'k' },
    });
    const { sub, extra, azp, jti, iat = 0, exp } = decodeJwt(token);
    assert.deepEqual([sub, extra, azp, jti, exp], ['me', [1], null, undefined, iat - 5]);
    assert.deepEqual(Object.keys(decodeProtectedHeader(token)).sort(), ['alg', 'kid', 'x5t']);
  });

  it('refuses requests that it does not understand', async () => {
    const attempt = (request: unknown) =>
      fetch(aws.emulator.ready.mint, {
        method: 'POST',
        body: typeof request === 'string' ? request : JSON.stringify(request),
      });
    const wrong = [
      { request: { provider: 'gitlab' }, expected: /provider must be one of bitbucket, azure-devops, github/ },
      { request: { provider: 'github', claim: {} }, expected: /claim is not known/ },
      {
        request: { provider: 'azure-devops', serviceConnectionId: 'x' },
        expected: /serviceConnectionId is not a service connection/,
      },
      { request: 'no JSON', expected: /The body is not JSON\./ },
    ];
    for (const { request, expected } of wrong) {
      const response = await attempt(request);
      assert.equal(response.status, 400);
      assert.match(await response.text(), expected);
    }
    assert.equal((await fetch(aws.emulator.ready.mint)).status, 405);
  });
});
