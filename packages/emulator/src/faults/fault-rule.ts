import {
  anyText,
  flag,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  or,
  type Reader,
  record,
  text,
} from '../shape.ts';

/** What a rule can match and the list of requests can tell apart. */
export const endpoints = ['sts', 'azure-token', 'github-token', 'jwks', 'discovery'] as const;
export type EndpointName = (typeof endpoints)[number];

const hour = 3_600_000;

const match = object({
  endpoint: optional(oneOf(...endpoints)),
  /** Action of an STS request. */
  action: optional(text()),
  /** Only the nth matching request, from 1. */
  nth: optional(integer(1, 10 ** 9)),
  /** Only the first so many matching requests. */
  times: optional(integer(1, 10 ** 9)),
});

const fault = object({
  /** Waits before anything else is done. */
  delayMs: optional(integer(0, hour)),
  /** Resets the connection before an answer, or ends it after the headers and half of the body. */
  dropConnection: optional(oneOf('before', 'mid-body')),
  /** Never answers; the connection stays open. */
  hang: optional(flag),
  /** With `status` or `body` the request is not worked on: this is the answer. */
  status: optional(integer(200, 599)),
  body: optional(anyText),
  /** Added to the answer, the usual one too. */
  headers: or({}, record({ pattern: /^[\w-]+$/, what: 'a header name' }, anyText)),
  /** Answers with this error in the XML of STS; status and message are AWS's, or 400 for a code that is not known here. */
  code: optional(text(/^\w+$/, 'an error code')),
  /** The error's message, in place of AWS's. */
  message: optional(anyText),
  /** Admits so many requests a second, in bursts of at most as many, at least one; the others are throttled. */
  throttleRatePerSecond: optional(number(0.001, 100_000)),
  /** Sends the body at this pace. */
  slowBytesPerSecond: optional(integer(1, 10 ** 9)),
  /** Sends so many bytes of the body and says that is all. */
  truncateBodyAt: optional(integer(0, 10 ** 9)),
});

const faultRule = object({ match: (value, path) => match(value ?? {}, path), fault });

export type FaultRule = ReturnType<typeof faultRule>;
export type Fault = FaultRule['fault'];

export const faultRules: Reader<readonly FaultRule[]> = list(faultRule);
