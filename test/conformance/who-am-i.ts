/** Asks STS for its identity as often as the argument states, with the credentials of the SDK's default chain. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const sts = new STSClient({ credentials: fromNodeProviderChain() });
for (let count = Number(process.argv[2] ?? 1); count > 0; count -= 1) {
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  process.stdout.write(`${Arn}\n`);
}
