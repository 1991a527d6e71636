import { jsonReply, type Reply } from '../http/reply.ts';
import { isStsErrorCode, StsError } from '../sts/sts-error.ts';
import { errorReply } from '../sts/xml.ts';
import type { EndpointName, Fault } from './fault-rule.ts';

/** Answer that replaces the normal one; undefined if the request is processed normally. */
export function faultedReply(endpoint: EndpointName, fault: Fault): Reply | undefined {
  const { code, message, status, body, throttleRatePerSecond } = fault;
  if (code !== undefined) {
    const error = isStsErrorCode(code) ? new StsError(code) : undefined;
    return errorReply({ code, status: status ?? error?.status ?? 400, text: message ?? error?.text });
  }
  if (status !== undefined || body !== undefined) return { status: status ?? 200, headers: {}, body: body ?? '' };
  if (throttleRatePerSecond !== undefined) return throttledReply(endpoint);
  return undefined;
}

function throttledReply(endpoint: EndpointName): Reply {
  if (endpoint === 'sts') return errorReply(new StsError('Throttling'));
  return jsonReply(429, { message: 'Request was blocked due to exceeding usage of resource.' }, { 'retry-after': '1' });
}
