/** Lints a number of policies, each for another repository, in one process. */
import { lint } from '../../packages/trust-policy/src/index.ts';
import { policyWith, subjectOf } from './policy.ts';

for (let repository = 0; repository < Number(process.argv[2]); repository++) {
  const [finding] = lint(policyWith([subjectOf(repository)]));
  if (finding !== undefined) throw new Error(finding.message);
}
