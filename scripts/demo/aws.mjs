// `aws sts get-caller-identity` for the demo, on machines without the AWS CLI. AWS's own SDK finds the credentials by
// its default chain and asks STS for the identity.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

if (process.argv.slice(2).join(' ') !== 'sts get-caller-identity') {
  console.error('The demo knows only: aws sts get-caller-identity');
  process.exit(2);
}
const sts = new STSClient({ credentials: fromNodeProviderChain() });
const { UserId, Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ UserId, Account, Arn }, null, 4));
