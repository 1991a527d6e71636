import { jsonReply, type Reply } from '../http/reply.ts';
import { isStsErrorCode, StsError } from '../sts/sts-error.ts';
import { errorReply } from '../sts/xml.ts';
import type { EndpointName, Fault } from './fault-rule.ts';

/** The answer a fault gives in place of the usual one; undefined when the request is to be worked on. */
export function faultedReply(endpoint: EndpointName, fault: Fault): Reply | undefined {
  const { code, message, status, body, throttleRatePerSecond } = fault;
  if (code !== undefined) {
    const known = isStsErrorCode(code) ? new StsError(code) : undefined;
    return errorReply({ code, status: status ?? known?.status ?? 400, text: message ?? known?.text });
  }
  if (status !== undefined || body !== undefined) return { status: status ?? 200, headers: {}, body: body ?? '' };
  if (throttleRatePerSecond !== undefined) return throttled(endpoint);
  return undefined;
}

function throttled(endpoint: EndpointName): Reply {
  if (endpoint === 'sts') return errorReply(new StsError('Throttling'));
  return jsonReply(429, { message: 'Request was blocked due to exceeding usage of resource.' }, { 'retry-after': '1' });
}
