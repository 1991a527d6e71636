import { ScopeError } from '@aws-oidc-assume/trust-policy';
import type { Construct } from 'constructs';

/** An error that begins with the construct's path, as the CDK's own errors do. */
export function constructError(path: string, message: string): Error {
  return new Error(`[${path}] ${message}`);
}

/** Path of a construct that does not exist yet. */
export function pathOf(scope: Construct, id: string): string {
  return scope.node.path === '' ? id : `${scope.node.path}/${id}`;
}

/**
 * Runs a function of the trust-policy package for a construct.
 *
 * @param rename returns the construct property for a field of the package
 * @throws Error with the construct's path, naming every missing or wrong field
 */
export function withPath<T>(path: string, run: () => T, rename: (field: string) => string): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    const problems = error.problems.map(({ field, reason }) => `${rename(field)} ${reason}`);
    throw constructError(path, `${problems.join('; ')}.`);
  }
}
