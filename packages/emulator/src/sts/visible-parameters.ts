import type { QueryRequest } from './query-request.ts';

const shown =
  /^(Action|Version|RoleArn|RoleSessionName|DurationSeconds|Policy|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(Key|Value)|TransitiveTagKeys\.member\.\d+|ExternalId|SourceIdentity|ProviderId|MinimumSessionTokenSize)$/;

/** A request's parameters for the list of requests: of what may be secret, or is not known, only the length. */
export function visibleParameters(query: QueryRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...query.entries()].map(([name, value]) => [name, shown.test(name) ? value : `(${value.length} characters)`]),
  );
}
