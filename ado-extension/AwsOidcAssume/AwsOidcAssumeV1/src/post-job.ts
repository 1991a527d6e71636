// Runs at the end of the job, even if the task itself was skipped. Without files to remove it does nothing. It reads
// the environment itself, so the task library and its output are not loaded just for that.
import { isProfileFolder } from './publish/folder-name.ts';
import { removeLeftFiles } from './publish/remove-left-files.ts';

/** Name of the task variable with the folder that the task left. */
const LEFT_FOLDER = 'VSTS_TASKVARIABLE_LEFTFOLDER';

async function run(env: NodeJS.ProcessEnv): Promise<void> {
  const folder = env[LEFT_FOLDER];
  if (!folder) return;
  try {
    if (!isProfileFolder(folder, env['AGENT_TEMPDIRECTORY'] ?? '')) return;
    if (!(await removeLeftFiles(folder))) {
      process.stdout.write('The folder of AWS OIDC Assume holds files that it did not write, and they stay.\n');
      return;
    }
    process.stdout.write('Removed the profiles that AWS OIDC Assume left for this job.\n');
  } catch (error) {
    // This must not fail a successful job: the agent empties the temporary directory itself.
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    process.stdout.write(`The profiles of this job could not be removed (${code}); the agent does so next.\n`);
  }
}

void run(process.env);
