import type { Context } from '@aws-oidc-assume/trust-policy';
import type { Clock } from '../clock.ts';
import { requestedRegion } from './requested-region.ts';
import type { StsCall } from './sts-call.ts';

/**
 * Condition keys that AWS sets for every request (IAM user guide, global condition context keys). The HTTP port stands for
 * AWS's HTTPS port, so aws:SecureTransport is always true.
 */
export function requestContext({ http, sourceIp }: StsCall, clock: Clock): Context {
  const seconds = clock.now();
  const userAgent = http.headers['user-agent'];
  const region = requestedRegion(http);
  return {
    'aws:SourceIp': sourceIp,
    'aws:CurrentTime': new Date(seconds * 1000).toISOString(),
    'aws:EpochTime': String(seconds),
    'aws:SecureTransport': 'true',
    ...(region === undefined ? {} : { 'aws:RequestedRegion': region }),
    // An empty list means that the key is absent, not unknown: the emulator has no VPC endpoints.
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
