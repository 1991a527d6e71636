/** Module with everything that only a failure or a trust policy file needs. */
export const DIAGNOSIS = 'shared/src/diagnosis/diagnosis.ts';

/**
 * Returns an esbuild plugin that leaves the diagnosis out of a bundle and loads it from a file next to the program. It is over
 * half of the code, and Node would parse it in every run.
 * @param {string} name of the file next to the program
 */
export function diagnosisInFile(name) {
  return {
    name: 'diagnosis-file',
    setup(build) {
      build.onResolve({ filter: /^\.\/diagnosis\.ts$/ }, ({ importer, kind }) =>
        kind === 'dynamic-import' && /[/\\]shared[/\\]src[/\\]diagnosis[/\\][^/\\]+$/.test(importer)
          ? { path: `./${name}`, external: true }
          : undefined,
      );
    },
  };
}
