/** Command of the pnpm that runs these tests (a script or a program), otherwise of the one that the README names. */
export function pnpm(): [command: string, ...args: string[]] {
  const running = process.env['npm_execpath'] ?? '';
  if (!/pnpm/.test(running)) return ['npx', '--yes', 'pnpm@12'];
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
}
