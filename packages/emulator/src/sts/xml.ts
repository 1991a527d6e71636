import { randomUUID } from 'node:crypto';
import type { Reply } from '../http/reply.ts';
import type { StsError } from './sts-error.ts';

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
/** Namespace of errors from the layer in front of STS, which precede the choice of an operation. */
const FAULT_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

/** Content of an element: text, or child elements in order. A list repeats the element. Undefined members are omitted. */
export interface Elements {
  readonly [name: string]: Content | readonly Content[] | undefined;
}

type Content = string | number | Elements;

export function resultReply(action: string, result: Elements, namespace = STS_NAMESPACE): Reply {
  const requestId = randomUUID();
  const body = elements({
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  });
  return reply(200, requestId, `<${action}Response xmlns="${namespace}">${body}\n</${action}Response>\n`);
}

export function errorReply(
  { code, status, text }: Pick<StsError, 'code' | 'status' | 'text'>,
  serviceNamespace = STS_NAMESPACE,
): Reply {
  const requestId = randomUUID();
  const namespace = code === 'InvalidAction' ? FAULT_NAMESPACE : serviceNamespace;
  const body = elements({
    Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: text },
    RequestId: requestId,
  });
  return { ...reply(status, requestId, `<ErrorResponse xmlns="${namespace}">${body}\n</ErrorResponse>\n`), code };
}

function reply(status: number, requestId: string, body: string): Reply {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function elements(members: Elements, indent = '\n  '): string {
  return Object.entries(members)
    .flatMap(([name, value = []]) => (isList(value) ? value : [value]).map((content) => element(name, content, indent)))
    .join('');
}

function element(name: string, content: Content, indent: string): string {
  if (typeof content !== 'object') return `${indent}<${name}>${escapeXml(String(content))}</${name}>`;
  return `${indent}<${name}>${elements(content, `${indent}  `)}${indent}</${name}>`;
}

function isList(value: Content | readonly Content[]): value is readonly Content[] {
  return Array.isArray(value);
}

/** Escapes text for XML 1.0. It cannot contain most control characters, even escaped; they become U+FFFD. */
export function escapeXml(value: string): string {
  return (
    value
      .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      // A parser would turn a literal carriage return into a newline.
      .replace(/\r/g, '&#xD;')
  );
}
