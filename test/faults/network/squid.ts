import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demandTool } from '../../support/tools.ts';
import type { Scene } from '../fault.ts';
import { temporaryFolder } from '../scene.ts';
import { startProxyProcess } from './proxy-process.ts';
import { deadPort } from './servers.ts';

/** Reports to squid whether a user and a password are correct. */
const HELPER = `#!/bin/sh
while read -r user password; do
  if [ "$user:$password" = build:open-sesame ]; then echo OK; else echo ERR; fi
done
`;

/**
 * Starts a real forward proxy, Debian's squid.
 * @param rules `http_access` of its configuration: `deny all`, or `allow users` for the user `build` with `open-sesame`
 * @returns host and port
 * @throws MissingTool
 */
export async function squid(scene: Scene, rules: readonly string[] = ['allow all']): Promise<string> {
  demandTool('squid');
  const port = await deadPort();
  const folder = temporaryFolder({ add: scene.after });
  const helper = path.join(folder, 'helper');
  const configuration = path.join(folder, 'squid.conf');
  writeFileSync(helper, HELPER);
  // If root starts squid, it switches to another user.
  for (const file of [folder, helper]) chmodSync(file, 0o755);
  writeFileSync(
    configuration,
    [
      `http_port 127.0.0.1:${port}`,
      'visible_hostname squid.example',
      'pid_filename none',
      'cache deny all',
      'access_log none',
      'cache_log /dev/null',
      'cache_store_log none',
      'pinger_enable off',
      'shutdown_lifetime 0 seconds',
      `coredump_dir ${folder}`,
      `auth_param basic program ${helper}`,
      'auth_param basic realm proxy',
      'acl users proxy_auth REQUIRED',
      ...rules.map((rule) => `http_access ${rule}`),
      'http_access deny all',
      '',
    ].join('\n'),
  );
  await startProxyProcess(scene, port, ['squid', '-N', '-f', configuration]);
  return `127.0.0.1:${port}`;
}
