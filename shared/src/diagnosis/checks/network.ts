import type { Check } from '../../core/check.ts';
import { hasCertificate } from '../../net/certificate-check.ts';
import type { Runtime } from '../../runtime.ts';
import { fail, ok, warn } from './check.ts';
import { proxyHost } from './fetch-json.ts';

type Network = Pick<Runtime, 'environment' | 'proxyFor' | 'readTextFile'>;

/** Checks how this machine would reach the endpoint: proxy and certificate authorities. Sends nothing. */
export async function networkChecks(endpoint: string, network: Network): Promise<Check[]> {
  return [...(await proxyChecks(new URL(endpoint), network)), ...(await authorityChecks(network))];
}

async function proxyChecks(url: URL, { environment, proxyFor }: Network): Promise<Check[]> {
  const name = 'proxy';
  if (url.protocol !== 'https:') return [];
  const proxy = await proxyHost(url, proxyFor);
  if (proxy !== undefined) return [ok(name, `${proxy}, for ${url.host}`)];
  const plain = ['http_proxy', 'HTTP_PROXY'].find((variable) => environment[variable]);
  const secure = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].some((variable) => environment[variable]);
  if (plain !== undefined && !secure) {
    return [
      warn(
        name,
        `${plain} is set, but it is not used for https: no proxy was used for ${url.host}`,
        'If this network needs the proxy, set HTTPS_PROXY to it as well.',
      ),
    ];
  }
  return [ok(name, secure ? `none for ${url.host}, which NO_PROXY exempts` : `none for ${url.host}`)];
}

/**
 * Checks certificate files. Node only prints a warning about an unreadable file, and continues without the
 * certificates.
 */
async function authorityChecks({ environment, readTextFile }: Network): Promise<Check[]> {
  const file = environment['NODE_EXTRA_CA_CERTS'];
  if (!file) return [];
  const name = 'certificates';
  try {
    const text = await readTextFile(file);
    if (!hasCertificate(text)) {
      return [
        fail(
          name,
          `NODE_EXTRA_CA_CERTS is ${file}, a file without a certificate in PEM form; nothing in it is trusted`,
          'Convert a binary certificate first: openssl x509 -inform der -in <file> -out ca.pem',
        ),
      ];
    }
    return [ok(name, `NODE_EXTRA_CA_CERTS is ${file}`)];
  } catch (error) {
    // The run's time limit is not a fault of the file.
    if (error instanceof Error && error.name === 'Failure') return [];
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    return [
      fail(
        name,
        `NODE_EXTRA_CA_CERTS is ${file}, which cannot be read here (${code}); its certificates are not trusted`,
        'Correct the path. In a container, the file must lie in the container.',
      ),
    ];
  }
}
