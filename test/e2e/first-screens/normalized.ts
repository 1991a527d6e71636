/** Values that differ from run to run, and what stands for them in a stored log. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\/blob\/v[\d.]+\//g, '/blob/vX.Y.Z/'],
  [/request id [\da-f-]{36}/g, 'request id 01234567-89ab-4cde-8f01-23456789abcd'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:8443'],
  [/next in \d+ ms/g, 'next in 800 ms'],
  [/issued \d+ s ago/g, 'issued 1 s ago'],
  [/issued \d+ (?:s|min) from now, expires in \d+ min/g, 'issued 20 min from now, expires in 80 min'],
  [/(?:19|20) min in the future/g, '20 min in the future'],
  [/issued in the future: \d+/g, 'issued in the future: 1795600000'],
  [/in (?:19|20) min\b/g, 'in 20 min'],
  [/[^\s(]*\/first-screen-\w+\//g, '/agent/_work/1/s/'],
  [/bitbucket,acme,shop-api,\d+,[\da-f]{8}/g, 'bitbucket,acme,shop-api,42,1f0c9a2b'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-11-26T10:00:00.000Z'],
];

/** Returns a line of a log without what differs from run to run. */
export function normalized(line: string): string {
  return CHANGING.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
