/**
 * Returns the first statement of each bundle. On an older Node it names the required version in one line, instead of a
 * page of minified code. Older versions have no `process.getBuiltinModule`.
 */
const LEAST_NODE = '20.16';

/** @param {string} name of the program */
export function leastNodeBanner(name) {
  return `if(!process.getBuiltinModule){console.error(${messageOf(`✖ ${name}`)});process.exit(1)}`;
}

/** The agent of Azure Pipelines reads the result from a log command; the exit status is then 0. */
export function leastNodeBannerOfTask(name) {
  return `if(!process.getBuiltinModule){console.log("##vso[task.complete result=Failed;]"+${messageOf(name)});process.exit()}`;
}

function messageOf(name) {
  return `${JSON.stringify(`${name} needs Node ${LEAST_NODE} or newer and was started by Node `)}+process.versions.node+"."`;
}
