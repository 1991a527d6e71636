import { type Answer, type Call, ServiceError } from './call.ts';

/** Lists become `<member>` elements, as in AWS's Query protocol. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${toXml(one)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
    .join('');
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Parameters of a call in the Query protocol. */
export class QueryCall {
  readonly action: string;
  readonly #parameters: URLSearchParams;

  constructor({ body }: Call) {
    this.#parameters = new URLSearchParams(body.toString());
    this.action = this.get('Action');
  }

  get(name: string): string {
    return this.#parameters.get(name) ?? '';
  }

  /** `Tags.member.1`, `Tags.member.2`, … */
  list(name: string): string[] {
    return [...this.#parameters].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
  }

  /** `Parameters.member.1.ParameterKey` with its `ParameterValue`. */
  pairs(name: string, key: string, value: string): [string, string][] {
    const pairs: [string, string][] = [];
    for (let n = 1; this.#parameters.has(`${name}.member.${n}.${key}`); n++) {
      pairs.push([this.get(`${name}.member.${n}.${key}`), this.get(`${name}.member.${n}.${value}`)]);
    }
    return pairs;
  }
}

const XML = { 'content-type': 'text/xml' };

export function queryAnswer(action: string, result: unknown): Answer {
  const body = `<${action}Response><${action}Result>${toXml(result)}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: XML, body };
}

export function queryError({ code, message, status }: ServiceError): Answer {
  const error = toXml({ Error: { Type: 'Sender', Code: code, Message: message } });
  return { status, headers: XML, body: `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>` };
}

/** Errors of S3 have no wrapper. */
export function restError({ code, message, status }: ServiceError): Answer {
  return { status, headers: XML, body: `<Error>${toXml({ Code: code, Message: message })}</Error>` };
}

const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' };

/** The operation of a call in the JSON protocol. */
export function jsonOperation({ headers }: Call): string {
  return (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
}

export function jsonAnswer(result: object): Answer {
  return { status: 200, headers: JSON_1_1, body: JSON.stringify(result) };
}

export function jsonError({ code, message, status }: ServiceError): Answer {
  return { status, headers: JSON_1_1, body: JSON.stringify({ __type: code, message }) };
}

/** @throws ServiceError */
export function notFound(code: string, resource: string): never {
  throw new ServiceError(code, `${resource} does not exist`, 404);
}
