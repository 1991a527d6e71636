import type { QueryRequest } from './query-request.ts';

const VISIBLE_NAMES =
  /^(Action|Version|RoleArn|RoleName|RoleSessionName|DurationSeconds|Policy|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(Key|Value)|TransitiveTagKeys\.member\.\d+|ExternalId|SourceIdentity|ProviderId|MinimumSessionTokenSize|ScopedSessionDescription)$/;

/** A request's parameters for the request list. Unknown and secret values are replaced by their length. */
export function visibleParameters(query: QueryRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...query.entries()].map(([name, value]) => [
      name,
      VISIBLE_NAMES.test(name) ? value : `(${value.length} characters)`,
    ]),
  );
}
