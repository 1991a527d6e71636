/** Removes dot segments and repeated slashes from a path, as clients do before they sign it (RFC 3986 §5.2.4). */
export function normalizedPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  const isFolder = /\/(\.{1,2})?$/.test(path);
  return segments.length === 0 ? '/' : `/${segments.join('/')}${isFolder ? '/' : ''}`;
}
