import assert from 'node:assert/strict';
import type { Ran } from '../e2e/cli/aws-oidc.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../support/index.ts';
import { skipEvenInCi, unlessMissing } from '../support/tools.ts';
import { answers } from './cases/answers.ts';
import { network } from './cases/network.ts';
import { tokens } from './cases/tokens.ts';
import { runCli } from './cli-run.ts';
import type { Fault } from './fault.ts';

interface Row {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  readonly message: string;
  readonly change?: string;
}

describe('doctor compared with exec, after a fault', function () {
  this.timeout(90_000);
  let emulator: EmulatorProcess;

  before(async () => {
    emulator = await startEmulatorProcess({ https: true });
  });
  after(() => emulator?.stop());

  const faults: readonly Fault[] = [...answers, ...tokens, ...network];
  for (const fault of faults.filter(({ where }) => where !== 'task')) {
    it(`agrees about: ${fault.name}`, async function () {
      const exec = await unlessMissing(this, () => runCli(fault, emulator, [['exec'], ['--', 'true']]));
      const doctor = await unlessMissing(this, () => runCli(fault, emulator, [['doctor', '--json'], []]));
      if (exec === undefined || doctor === undefined) {
        return skipEvenInCi(this, 'only a container can have this fault');
      }
      const rows = rowsOf(doctor);
      const isAssumed = rows.some(({ name, status }) => name === 'role' && status === 'ok');
      assert.equal(isAssumed, exec.status === 0, `${exec.stderr}\n${doctor.stdout}`);
      const failed = rows.filter(({ status }) => status === 'fail');
      assert.equal(doctor.status, failed.length > 0 ? 1 : 0);
      if (exec.status === 0) return assert.deepEqual(failed, []);
      // The row has exec's message and the fix.
      const [, headline = '-'] = /^✖ (\w+: .*)$/m.exec(exec.stderr) ?? [];
      const row = failed.find(({ message }) => message.split(':')[0] === headline.split(':')[0]);
      assert.ok(row, `${exec.stderr}\n${doctor.stdout}`);
      assert.ok(row.change, doctor.stdout);
    });
  }
});

function rowsOf({ stdout, stderr }: Ran): readonly Row[] {
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout).checks;
}
