import * as v from 'valibot';
import { TOKEN_ENDPOINTS } from '../ci-systems/ci-system.ts';
import { ANY_TEXT, FLAG, integer, list, number, object, oneOf, record, text } from '../shape.ts';

/** Endpoints that a rule can match and the request list distinguishes. */
export const ENDPOINTS = ['sts', ...TOKEN_ENDPOINTS, 'jwks', 'discovery'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

const HOUR_MS = 3_600_000;
const COUNT = integer({ minimum: 1, maximum: 10 ** 9 });

const MATCH = object({
  endpoint: v.optional(oneOf(...ENDPOINTS)),
  /** Action of an STS request. */
  action: v.optional(text()),
  /** Matches only the nth request, from 1. */
  nth: v.optional(COUNT),
  /** Matches only this many requests. */
  times: v.optional(COUNT),
});

const FAULT = object({
  /** Delay before anything else, milliseconds. */
  delayMs: v.optional(integer({ minimum: 0, maximum: HOUR_MS })),
  /** Resets the connection before an answer, or ends it after the headers and half of the body. */
  dropConnection: v.optional(oneOf('before', 'mid-body')),
  /** Never answers; the connection stays open. */
  hang: v.optional(FLAG),
  /** Status of the answer. With `status` or `body` the request is not processed. */
  status: v.optional(integer({ minimum: 200, maximum: 599 })),
  body: v.optional(ANY_TEXT),
  /** Headers added to the answer, including a normal one. */
  headers: v.optional(record({ pattern: /^[\w-]+$/, description: 'a header name' }, ANY_TEXT), {}),
  /** Answers with this error in the XML of STS. Status and message are those of AWS; an unknown code gets 400. */
  code: v.optional(text(/^\w+$/, 'an error code')),
  /** The error's message instead of AWS's. */
  message: v.optional(ANY_TEXT),
  /** Requests per second that are answered normally, in bursts of at least one. The others are throttled. */
  throttleRatePerSecond: v.optional(number({ minimum: 0.001, maximum: 100_000 })),
  /** Sends the body at this rate. */
  slowBytesPerSecond: v.optional(COUNT),
  /** Sends only this many bytes of the body, with a matching Content-Length. */
  truncateBodyAt: v.optional(integer({ minimum: 0, maximum: 10 ** 9 })),
});

const FAULT_RULE = object({ match: v.nullish(MATCH, {}), fault: FAULT });

export type FaultRule = Readonly<v.InferOutput<typeof FAULT_RULE>>;
export type Fault = FaultRule['fault'];

export const FAULT_LIST = object({ faults: list(FAULT_RULE) });
