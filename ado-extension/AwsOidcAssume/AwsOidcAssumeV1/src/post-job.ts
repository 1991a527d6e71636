// Runs at the end of the job, also where the task itself was skipped: with nothing left behind it does nothing. It asks
// the environment itself, so that the task library and its output need not be loaded for that.
import { isProfileFolder } from './publish/folder-name.ts';
import { removeLeftFiles } from './publish/remove-left-files.ts';

/** Name of the task variable in which the task notes the folder that it left. */
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
    // No reason to fail a job that has done its work: the agent empties the temporary directory itself.
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    process.stdout.write(`The profiles of this job could not be removed (${code}); the agent does so next.\n`);
  }
}

void run(process.env);
