// A later step's own code: the AWS SDK for JavaScript finds credentials by its default chain and asks STS who it is.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const { Arn } = await new STSClient({ credentials: fromNodeProviderChain() }).send(new GetCallerIdentityCommand({}));
console.log(Arn);
