import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { demandTool } from '../../support/tools.ts';
import type { Scene } from '../fault.ts';
import { temporaryFolder } from '../scene.ts';
import { startProxyProcess } from './proxy-process.ts';
import { deadPort } from './servers.ts';

/**
 * Starts a real forward proxy, Debian's tinyproxy.
 * @param lines further lines of its configuration
 * @returns host and port
 * @throws MissingTool
 */
export async function tinyproxy(scene: Scene, lines: readonly string[] = []): Promise<string> {
  demandTool('tinyproxy');
  const port = await deadPort();
  const folder = temporaryFolder({ add: scene.after });
  const configuration = path.join(folder, 'tinyproxy.conf');
  writeFileSync(
    configuration,
    [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 30', 'MaxClients 20', 'Allow 127.0.0.1', ...lines, ''].join('\n'),
  );
  await startProxyProcess(scene, port, ['tinyproxy', '-d', '-c', configuration]);
  return `127.0.0.1:${port}`;
}
