// Code of a later step. The AWS SDK for JavaScript finds credentials by its default chain and asks STS for the
// identity, as many times as the argument states.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const sts = new STSClient({ credentials: fromNodeProviderChain() });
for (let remaining = Number(process.argv[2] ?? 1); remaining > 0; remaining--) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
}
