// The AWS SDK for JavaScript v2 by its default chain. The first argument is its folder, the second the emulator's STS.
const [, , folder, endpoint] = process.argv;
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
const AWS = require(folder);

if (process.env.AWS_WEB_IDENTITY_TOKEN_FILE) refuseOtherRegion();
// The SDK has no variable for the address of STS.
AWS.config.sts = { endpoint };
new AWS.STS().getCallerIdentity({}, (error, answer) => {
  if (error) {
    console.error(String(error));
    process.exitCode = 1;
  } else console.log(answer.Arn);
});

/** The SDK's default mode `legacy` uses the STS of us-east-1. */
function refuseOtherRegion() {
  const request = new AWS.STS().assumeRoleWithWebIdentity({
    RoleArn: 'x'.repeat(20),
    RoleSessionName: 'xx',
    WebIdentityToken: 'xxxx',
  });
  request.runTo('build');
  const { hostname } = request.httpRequest.endpoint;
  if (hostname === 'sts.eu-west-1.amazonaws.com') return;
  console.error(`the SDK would ask ${hostname}, not the region`);
  process.exit(3);
}
