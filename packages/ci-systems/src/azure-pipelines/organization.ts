/**
 * Host names of one organization before dev.azure.com. Names with more labels can belong to other people's machines.
 */
const LEGACY_HOST = /^([^.]+)\.(?:vsrm\.)?visualstudio\.com$/i;

/**
 * Name of the organization in a collection URI: `https://dev.azure.com/acme/`, or the older
 * `https://acme.visualstudio.com/`. Empty for any other text.
 */
export function organizationOf(collectionUri: string | undefined): string {
  if (collectionUri === undefined || !URL.canParse(collectionUri)) return '';
  const { hostname, pathname } = new URL(collectionUri);
  const [, legacy] = LEGACY_HOST.exec(hostname) ?? [];
  return legacy ?? percentDecoded(pathname.split('/').find((part) => part !== '') ?? '');
}

/** Whether this is an address of Azure DevOps Services, not of another server. */
export function isAzureDevOpsServices({ protocol, port, hostname }: URL): boolean {
  return protocol === 'https:' && port === '' && (hostname === 'dev.azure.com' || LEGACY_HOST.test(hostname));
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
