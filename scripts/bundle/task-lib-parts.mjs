import { createRequire } from 'node:module';

/**
 * Modules of azure-pipelines-task-lib, each with its replacement in the task. They find files, run programs and
 * translate the library's own errors. The task does none of that, and Node would parse 130 kB of them in every run.
 */
const LEFT_OUT = {
  child_process: '{}',
  minimatch: '{}',
  './toolrunner': '{}',
  './externaloutput': '{}',
  // Compares the version of Node with 4.2.0. The task's first line refuses every version before 20.16.
  semver: '{ lt: () => false }',
};

/** An esbuild plugin that omits the parts of azure-pipelines-task-lib that the task never calls. */
export const taskLibParts = {
  name: 'task-lib-parts',
  setup(build) {
    build.onResolve(
      { filter: /^(?:child_process|minimatch|semver|\.\/(?:toolrunner|externaloutput|lib-resource))$/ },
      (module) =>
        /[/\\]azure-pipelines-task-lib[/\\][^/\\]+\.js$/.test(module.importer)
          ? { path: module.path, namespace: 'task-lib', pluginData: module.importer }
          : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'task-lib' }, ({ path, pluginData }) => ({
      contents: `module.exports = ${LEFT_OUT[path] ?? englishMessages(pluginData)};`,
    }));
  },
};

/** Texts of the library's errors. It has them in ten languages; the task's own texts are English. */
function englishMessages(importer) {
  return JSON.stringify({ messages: createRequire(importer)('./lib-resource').messages });
}
