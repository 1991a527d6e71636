import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Proxy as HttpProxy, proxyTo } from '../e2e/pipe/support.ts';
import { isCi, printSkip } from '../support/tools.ts';
import { type Consumer, MODES, nameOf, SIGNED_BUCKET, type World } from './consumer.ts';
import { type Side, type StepOutput, startSide } from './later-step.ts';
import { OTHERS, SHELLS } from './others.ts';
import { withTables } from './page.ts';
import { SDKS } from './sdks.ts';
import { type SignedBucket, startSignedBucket } from './signed-bucket.ts';

const PAGE = new URL('../../docs/consumers.md', import.meta.url);
const CONSUMERS = [...SDKS, ...OTHERS];

/** The machine's own keys, which no step may fall back to. */
const MACHINE_KEYS = '[default]\naws_access_key_id = MACHINEKEY\naws_secret_access_key = of-the-machine\n';

describe('tools of later steps', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'consumers-'));
    mkdirSync(path.join(folder, 'home/.aws'), { recursive: true });
    writeFileSync(path.join(folder, 'home/.aws/credentials'), MACHINE_KEYS);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of ['pipe', 'task'] as const) {
    describe(`after the ${name}`, () => {
      let side: Side;
      let bucket: SignedBucket;
      let proxy: HttpProxy;
      let world: World;
      before(async () => {
        side = await startSide(name);
        bucket = await startSignedBucket(side.emulator.control.secretValues);
        proxy = await proxyTo(side.emulator);
        writeFileSync(path.join(folder, 'ca.pem'), side.emulator.ready.ca ?? '');
        world = {
          region: `HTTPS_PROXY=${proxy.url} AWS_CA_BUNDLE='${path.join(folder, 'ca.pem')}'`,
          sts: side.emulator.ready.sts,
          s3: bucket.url,
          buildFolder: path.join(folder, 'programs'),
          home: path.join(folder, 'home'),
        };
      });
      after(async () => {
        proxy?.stop();
        bucket?.stop();
        await side?.close();
      });

      for (const mode of MODES.filter((one) => one.side === name)) {
        describe(mode.name, () => {
          before(() => side.assume(mode.name));
          after(() => side.finish());
          // Each tool gets its own home: the AWS CLI stores sessions there, and another tool would find them.
          const run = (command: string, { sourcesByItself = false }: Consumer) => {
            const home = mkdtempSync(path.join(folder, 'home-'));
            cpSync(world.home, home, { recursive: true });
            return side.run(command, home, sourcesByItself);
          };
          const isOurs = ({ stdout, stderr }: StepOutput, { sourcesByItself }: Consumer) =>
            [side.arn, `${SIGNED_BUCKET}/`].includes(stdout.trim()) && !(sourcesByItself && stderr !== '');

          for (const consumer of [...CONSUMERS, ...SHELLS].filter((one) => (one.side ?? name) === name)) {
            const limit = consumer.limits?.[nameOf(mode)];
            it(`${consumer.name}: ${limit?.result ?? 'works'}`, async function () {
              this.timeout(240_000);
              if (limit?.result === 'not run' || isMissing(consumer)) this.skip();
              const usual = await run(consumer.command(world), consumer);
              assert.equal(isOurs(usual, consumer), limit === undefined, `${usual.stdout}\n${usual.stderr}`);
              if (limit?.result !== 'needs') return;
              const better = await run(limit.command(world), consumer);
              assert.ok(isOurs(better, consumer), `${better.stdout}\n${better.stderr}`);
            });
          }
        });
      }
    });
  }

  it('are listed in docs/consumers.md with these results', () => {
    const page = readFileSync(PAGE, 'utf8');
    const generated = withTables(page, CONSUMERS, SHELLS);
    if (process.env['CONSUMERS_PAGE'] === 'write') writeFileSync(PAGE, generated);
    else assert.equal(page, generated);
  });
});

/**
 * Skips the test with a printed reason.
 *
 * @throws Error under `CI=true`, because `.ci/run` installs the tool
 */
function isMissing({ version, missing }: Consumer): boolean {
  if (version() !== undefined) return false;
  if (isCi(process.env['CI']) && missing.ciInstallsIt) throw new Error(`${missing.tool} is missing`);
  printSkip(`${missing.tool} is not here`);
  return true;
}
