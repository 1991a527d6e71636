// A later step's own code, one long-lived process: it asks STS who it is, waits until the clock says that its session has
// expired, and asks again, as many times as the argument says. The AWS SDK for JavaScript finds credentials by its default
// chain.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const sts = new STSClient({ credentials: fromNodeProviderChain() });
for (let left = Number(process.argv[2]); left > 0; left--) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
  const { expiration } = await sts.config.credentials();
  while (Date.now() <= expiration.getTime()) await new Promise((resolve) => setTimeout(resolve, 200));
}
