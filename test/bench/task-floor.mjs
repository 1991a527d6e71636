// Lower limit of the task: the same two requests with only node:http, and the log commands that set three variables. No
// checks, no retries, no explanation.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

function post(url, headers, body) {
  return new Promise((resolve) => {
    const message = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      },
    );
    message.end(body);
  });
}

const { parameters } = JSON.parse(process.env.ENDPOINT_AUTH_SYSTEMVSSCONNECTION);
const connection = process.env.INPUT_SERVICECONNECTION;
const tokenText = await post(
  `${process.env.SYSTEM_OIDCREQUESTURI}?api-version=7.1&serviceConnectionId=${connection}`,
  { authorization: `Bearer ${parameters.AccessToken}`, 'content-type': 'application/json' },
  '{}',
);
const body = new URLSearchParams({
  Action: 'AssumeRoleWithWebIdentity',
  Version: '2011-06-15',
  RoleArn: process.env.INPUT_ROLEARN,
  RoleSessionName: 'floor',
  WebIdentityToken: JSON.parse(tokenText).oidcToken,
}).toString();
const text = await post(process.env.INPUT_STSENDPOINT, { 'content-type': 'application/x-www-form-urlencoded' }, body);
const value = (name) => new RegExp(`<${name}>([^<]*)<`).exec(text)[1];
for (const name of ['AccessKeyId', 'SecretAccessKey', 'SessionToken']) {
  process.stdout.write(`##vso[task.setvariable variable=${name};issecret=true]${value(name)}\n`);
}
agent.destroy();
