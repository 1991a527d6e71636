/**
 * Code of a later step. The AWS SDK for JavaScript finds credentials by its default chain and asks STS for the
 * identity.
 */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

new STSClient({ region: 'eu-west-1', credentials: fromNodeProviderChain() })
  .send(new GetCallerIdentityCommand({}))
  .then(
    ({ Arn }) => console.log(Arn),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
