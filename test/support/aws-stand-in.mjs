// Stand-in for the AWS CLI on machines without it. Runs `sts get-caller-identity` and `sts assume-role`, and prints the
// ARN. The SDK for JavaScript finds the credentials by its default chain.
import { parseArgs } from 'node:util';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const OPTIONS = ['endpoint-url', 'profile', 'query', 'output', 'role-arn', 'role-session-name'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' }])),
});
const { profile, 'endpoint-url': endpoint } = values;
if (endpoint !== undefined) process.env.AWS_ENDPOINT_URL_STS = endpoint;
const client = new STSClient({ credentials: fromNodeProviderChain(profile === undefined ? {} : { profile }) });
const COMMANDS = {
  'sts get-caller-identity': async () => (await client.send(new GetCallerIdentityCommand({}))).Arn,
  'sts assume-role': async () => {
    const request = { RoleArn: values['role-arn'], RoleSessionName: values['role-session-name'] };
    return (await client.send(new AssumeRoleCommand(request))).AssumedRoleUser.Arn;
  },
};
try {
  console.log(await COMMANDS[positionals.join(' ')]());
} catch (error) {
  console.error(String(error));
  process.exitCode = 254;
}
