/**
 * Branch of a full Git ref. Tags and pull requests have none: their short names are chosen by people who may not push to
 * the branch of that name.
 * @returns `{}` or `{ branch }`, to spread into a run identity
 */
export function branchOfRef(ref: string | undefined): { readonly branch?: string } {
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(ref ?? '') ?? [];
  return branch === undefined ? {} : { branch };
}
