import { isBuiltin } from 'node:module';

/**
 * An esbuild plugin that fetches Node's own modules with `process.getBuiltinModule` instead of `import`. An import
 * makes Node read every export and therefore load lazy ones, such as all of undici behind `node:http`.
 */
export const builtinsUnread = {
  name: 'builtins-unread',
  setup(build) {
    build.onResolve({ filter: /^[a-z_0-9:/]+$/ }, ({ path, kind }) =>
      isBuiltin(path) && kind !== 'entry-point' ? { path, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
