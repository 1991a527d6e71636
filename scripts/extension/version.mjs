/**
 * The version of the root package.json where Azure DevOps looks for it: the extension's as text, the task's as three
 * numbers. In the sources both are nought, so that nothing is packed by hand by mistake. Agents keep a task by its
 * version: without a new one a change never reaches them.
 */
export function stamped(version, { manifest, task }) {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (patch === undefined) throw new Error(`${version} is no version that Azure DevOps takes: three numbers`);
  return {
    manifest: { ...manifest, version },
    task: { ...task, version: { Major: Number(major), Minor: Number(minor), Patch: Number(patch) } },
  };
}
