// Baseline: only the AWS SDK with its defaults, bundled as its documentation describes.
import { writeFileSync } from 'node:fs';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const sts = new STSClient({ region: 'eu-west-1', endpoint: process.env.STS_ENDPOINT });
const { Credentials } = await sts.send(
  new AssumeRoleWithWebIdentityCommand({
    RoleArn: process.env.AWS_OIDC_ROLE_ARN,
    RoleSessionName: 'bare-sdk',
    WebIdentityToken: process.env.BITBUCKET_STEP_OIDC_TOKEN,
  }),
);
writeFileSync(process.env.FLOOR_FILE, JSON.stringify(Credentials), { mode: 0o600 });
