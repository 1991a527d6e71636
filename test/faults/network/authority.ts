import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demandTool } from '../../support/tools.ts';
import type { Scene } from '../fault.ts';
import { temporaryFolder } from '../scene.ts';

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Creates a server's certificate for these names, with its key. PEM. */
  issue(names: readonly string[], days?: number): { cert: string; key: string };
}

/**
 * Creates a certificate authority for one scene with OpenSSL.
 *
 * @throws MissingTool
 */
export function makeAuthority(scene: Scene): Authority {
  demandTool('openssl');
  const folder = temporaryFolder({ add: scene.after });
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Inspection of a test',
  );
  return {
    certificate: readFileSync(file('ca.pem'), 'utf8'),
    issue: (names, days = 1) => {
      openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${names[0]}`);
      writeFileSync(file('server.ext'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'server.ext'];
      openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', '-days', String(days), ...signed);
      return { cert: readFileSync(file('server.pem'), 'utf8'), key: readFileSync(file('server.key'), 'utf8') };
    },
  };
}
