import { matchesPattern, wildcardPattern } from './glob.ts';
import type { NameElement } from './policy-document.ts';

/** Whether Action or NotAction covers an action. Action names are not case-sensitive (IAM guide, Action element). */
export function coversAction(element: NameElement, action: string): boolean {
  const matches = element.patterns.some((pattern) =>
    matchesPattern(wildcardPattern(pattern.toLowerCase()), action.toLowerCase()),
  );
  return matches !== element.negated;
}
