/**
 * Branch of a full Git ref. Tags and pull requests have none, because people who may not push to a branch can give them
 * its short name.
 *
 * @returns `{}` or `{ branch }`, to spread into a run identity
 */
export function branchOfRef(ref: string | undefined): { readonly branch?: string } {
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(ref ?? '') ?? [];
  return branch === undefined ? {} : { branch };
}
