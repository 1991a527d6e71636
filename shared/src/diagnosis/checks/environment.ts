import type { Check } from '../../core/check.ts';
import type { Environment } from '../../core/environment.ts';
import { ignoredCheckSwitch } from '../../net/certificate-check.ts';
import { CONFLICTING_VARIABLES } from '../../publish/aws-environment.ts';
import { fail, ok, warn } from './check.ts';

const STATIC_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
/** Variables that are a source of credentials only together with a token file. This program reads them as options. */
const HARMLESS_ALONE: readonly string[] = ['AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME'];

/** Variables that decide where AWS tools get their credentials and what they talk to. Values are never shown. */
export function environmentChecks(env: Environment): Check[] {
  const isSet = (name: string) => Boolean(env[name]);
  const tokenFile = isSet('AWS_WEB_IDENTITY_TOKEN_FILE');
  const sources = [...STATIC_KEYS, ...CONFLICTING_VARIABLES].filter(
    (name) => isSet(name) && (tokenFile || !HARMLESS_ALONE.includes(name)),
  );
  const name = 'environment';
  const checks: Check[] = [];
  if (sources.length > 0) {
    checks.push(
      warn(
        name,
        `other sources of credentials are set: ${sources.join(', ')}`,
        'Remove them from the job: AWS tools may prefer them to the role. `aws-oidc exec` removes them itself.',
      ),
    );
  }
  const [one, other] = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']];
  if (one && other && one !== other) {
    checks.push(
      warn(
        name,
        `AWS_REGION is ${one} and AWS_DEFAULT_REGION is ${other}`,
        'Set both to the same region: the JavaScript and Java SDKs read the first, boto3 the second.',
      ),
    );
  }
  const endpoints = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS'].filter(isSet);
  if (endpoints.length > 0) {
    checks.push(
      warn(
        name,
        `${endpoints.join(', ')} set: AWS tools talk to another endpoint than that of the region`,
        'Remove it unless that is meant.',
      ),
    );
  }
  const ignored = ignoredCheckSwitch(env);
  if (ignored !== undefined) {
    checks.push(fail(name, ignored, 'Name the certificate authority of your proxy in NODE_EXTRA_CA_CERTS.'));
  }
  return checks.length > 0 ? checks : [ok(name, 'no other sources of credentials, and no two regions')];
}
