/**
 * Writes the version of the root package.json into the places that Azure DevOps reads: the extension's as text, the
 * task's as three numbers. In the sources both are 0, so that nothing is packed by hand by mistake. Agents cache a task
 * by its version, so a change without a new version never reaches them.
 */
export function withVersion(version, { manifest, task }) {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`${version} is no version that Azure DevOps takes: three numbers`);
  return {
    manifest: { ...manifest, version },
    task: { ...task, version: { Major: Number(major), Minor: Number(minor), Patch: Number(patch) } },
  };
}
