// Lower limit: one unsigned POST with only node:http, and a written file. No checks, no retries, no explanation.
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';

const body = new URLSearchParams({
  Action: 'AssumeRoleWithWebIdentity',
  Version: '2011-06-15',
  RoleArn: process.env.AWS_OIDC_ROLE_ARN,
  RoleSessionName: 'floor',
  WebIdentityToken: process.env.BITBUCKET_STEP_OIDC_TOKEN,
}).toString();
const post = request(
  process.env.STS_ENDPOINT,
  { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length } },
  (response) => {
    let text = '';
    response.on('data', (chunk) => {
      text += chunk;
    });
    response.on('end', () => {
      const value = (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)[1];
      const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'];
      writeFileSync(process.env.FLOOR_FILE, names.map((name) => `${name}=${value(name)}\n`).join(''), { mode: 0o600 });
    });
  },
);
post.end(body);
