import type { Incoming } from '../http/incoming.ts';

const REGION = '[a-z]{2,4}(?:-[a-z]+)+-\\d+';
const CREDENTIAL_SCOPE = new RegExp(`Credential=[^/,]+/\\d{8}/(${REGION})/sts/`);
const REGIONAL_HOST = new RegExp(`^sts(?:-fips)?\\.(${REGION})\\.`);

/** The region of a request: that of its signature, otherwise that of a host such as `sts.eu-west-1.amazonaws.com`. */
export function requestedRegion({ headers }: Pick<Incoming, 'headers'>): string | undefined {
  return CREDENTIAL_SCOPE.exec(headers.authorization ?? '')?.[1] ?? REGIONAL_HOST.exec(headers.host ?? '')?.[1];
}
