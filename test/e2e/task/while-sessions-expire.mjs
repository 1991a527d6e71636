// Code of a later step, one long-lived process. It asks STS for the identity, waits until its session has expired, and
// asks again, as many times as the argument states. The AWS SDK for JavaScript finds credentials by its default chain.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const sts = new STSClient({ credentials: fromNodeProviderChain() });
for (let remaining = Number(process.argv[2]); remaining > 0; remaining--) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
  const { expiration } = await sts.config.credentials();
  while (Date.now() <= expiration.getTime()) await new Promise((resolve) => setTimeout(resolve, 200));
}
