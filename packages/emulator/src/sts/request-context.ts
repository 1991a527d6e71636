import type { Context } from '@aws-oidc-assume/trust-policy';
import type { Clock } from '../clock.ts';
import type { StsCall } from './sts-call.ts';

/**
 * The condition keys that AWS fills for every request (IAM user guide, global condition context keys). The port without
 * TLS stands for AWS's own, which has it: a policy that demands TLS admits what comes there.
 */
export function requestContext({ http, sourceIp }: StsCall, clock: Clock): Context {
  const seconds = clock.now();
  const userAgent = http.headers['user-agent'];
  return {
    'aws:SourceIp': sourceIp,
    'aws:CurrentTime': new Date(seconds * 1000).toISOString(),
    'aws:EpochTime': String(seconds),
    'aws:SecureTransport': 'true',
    // An empty list is a key that is missing, and not one that is only unknown: there are no VPC endpoints here.
    'aws:UserAgent': userAgent ?? [],
    'aws:SourceVpc': [],
    'aws:SourceVpcArn': [],
    'aws:SourceVpce': [],
    'aws:VpceAccount': [],
    'aws:VpceOrgID': [],
    'aws:VpceOrgPaths': [],
    'aws:VpcSourceIp': [],
  };
}
