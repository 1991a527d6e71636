// Checks the packed task.json against Microsoft's schema of task definitions (microsoft/azure-pipelines-task-lib,
// tasks.schema.json): a file, or the address in task.json itself.
//   node scripts/extension/check-task-schema.mjs [FILE]
import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';

const TASK = new URL('../../ado-extension/dist/AwsOidcAssume/AwsOidcAssumeV1/task.json', import.meta.url);

const task = JSON.parse(readFileSync(TASK, 'utf8'));
const [file] = process.argv.slice(2);
const schema = JSON.parse(file === undefined ? await download(task.$schema) : readFileSync(file, 'utf8'));
// The schema contains editors' keywords and its own formats.
const validate = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false }).compile(schema);
if (validate(task)) {
  console.log(`task.json ${Object.values(task.version).join('.')} follows ${schema.title}.`);
} else {
  for (const { instancePath, message, params } of validate.errors) {
    console.error(`task.json${instancePath} ${message} ${JSON.stringify(params)}`);
  }
  process.exitCode = 1;
}

async function download(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered HTTP ${answer.status}`);
  return answer.text();
}
