/** Home of code, documentation and issues. Every link that this project prints begins with it. */
export const HOME = 'https://github.com/aws-oidc-assume/aws-oidc-assume';

declare const VERSION: string;

/** Git reference of the documentation: the release tag in a bundle, the main branch in the sources. */
const REVISION = typeof VERSION === 'string' ? `v${VERSION}` : 'main';

/**
 * Address of a page of the documentation for the present version.
 *
 * @param page `troubleshooting.md#accessdenied`
 */
export function documentationUrl(page: string): string {
  return `${HOME}/blob/${REVISION}/docs/${page}`;
}
