/** Cost as work grows: more roles, larger trust policy files, more policies to lint. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Subject } from './measure.ts';
import { policyWith, subjectOf } from './policy.ts';
import { pipeSubject, ROLE, ROOT, type Scene, stepEnvironment } from './subjects.ts';

/** Times the pipe with a number of roles, each a profile, from one token, with an STS as far away as a real one. */
export async function moreRoles(scene: Scene): Promise<Subject[]> {
  const { AWS_OIDC_ROLE_ARN: _, ...env } = await stepEnvironment(scene);
  await scene.emulator.control.setFaults([{ match: { endpoint: 'sts' }, fault: { delayMs: 200 } }]);
  return [1, 5, 20, 100].map((count) =>
    pipeSubject(scene, `pipe, ${count} ${count === 1 ? 'role' : 'roles'}, STS takes 200 ms`, {
      ...env,
      ROLES: Array.from({ length: count }, (_role, index) => `profile-${index}=${ROLE}`).join(','),
    }),
  );
}

/** Times the pipe while it lints a trust policy file of this size after it assumed the role. */
export async function largerPolicies(scene: Scene): Promise<Subject[]> {
  const env = await stepEnvironment(scene);
  const sizes = { '4 kB': 4_000, '128 kB': 128_000 };
  return [
    pipeSubject(scene, 'pipe, no trust policy file', env),
    ...Object.entries(sizes).map(([name, size]) => {
      const file = path.join(scene.folder, `trust-${size}.json`);
      writeFileSync(file, policyOfSize(size));
      return pipeSubject(scene, `pipe, trust policy file of ${name}`, { ...env, TRUST_POLICY_FILE: file });
    }),
  ];
}

/** Times the linter of `aws-oidc trust lint` for a number of policies in one process. */
export async function morePolicies({ node, folder }: Scene): Promise<Subject[]> {
  const program = path.join(folder, 'lint-many.mjs');
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/lint-many.ts')],
    outfile: program,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
  });
  return [1, 1000, 10_000].map((count) => ({
    name: `lint of ${count} ${count === 1 ? 'policy' : 'policies'} in one process`,
    command: [node, program, String(count)],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  }));
}

function policyOfSize(size: number): string {
  const subjects = [subjectOf(0)];
  while (policyWith(subjects).length + subjectOf(0).length < size) subjects.push(subjectOf(subjects.length));
  return policyWith(subjects);
}
