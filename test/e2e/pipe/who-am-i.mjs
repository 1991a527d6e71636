// A later step's own code: the AWS SDK for JavaScript finds credentials by its default chain and asks STS who it is, as
// many times as the argument says.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const sts = new STSClient({ credentials: fromNodeProviderChain() });
for (let left = Number(process.argv[2] ?? 1); left > 0; left--) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
}
