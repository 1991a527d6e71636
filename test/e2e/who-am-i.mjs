// Code of a later step. The AWS SDK for JavaScript finds credentials by its default chain and asks STS for the
// identity.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const { Arn } = await new STSClient({ credentials: fromNodeProviderChain() }).send(new GetCallerIdentityCommand({}));
console.log(Arn);
