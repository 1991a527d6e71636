/** Version of the STS API, part of every request. */
const VERSION = '2011-06-15';

/** A parameter of an STS call. Undefined ones are not sent. */
export type QueryValue =
  | string
  | number
  | undefined
  | readonly QueryValue[]
  | { readonly [member: string]: QueryValue };

/**
 * Returns the body of an STS call: `application/x-www-form-urlencoded`, with structures as `Name.Member` and lists as
 * `Name.member.1`. An empty list is not sent, since AWS reads it as a list with an empty item.
 *
 * Source: AWS STS API reference, "Making Query Requests"; Smithy, "AWS query protocol".
 */
export function queryBody(action: string, parameters: Readonly<Record<string, QueryValue>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => flatten(name, value));
  return [['Action', action], ['Version', VERSION], ...pairs]
    .map(([name = '', value = '']) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** Percent-encodes everything except RFC 3986's unreserved characters. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function flatten(name: string, value: QueryValue): [name: string, text: string][] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return isList(value)
    ? value.flatMap((item, index) => flatten(`${name}.member.${index + 1}`, item))
    : Object.entries(value).flatMap(([member, item]) => flatten(`${name}.${member}`, item));
}

function isList(value: object): value is readonly QueryValue[] {
  return Array.isArray(value);
}
