import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Line between the licences. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/**
 * Returns the licences of all bundled packages, each text once.
 *
 * @param product that contains them: `This task`
 * @param metafiles of esbuild
 * @param root folder that the paths in them start from
 */
export function thirdPartyNotices(product, metafiles, root) {
  const packages = new Map();
  for (const { outputs } of metafiles) {
    for (const [file, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
      const folder = packageFolderOf(file);
      if (folder !== undefined && bytesInOutput > 0) packages.set(folder, licenceOf(join(root, folder)));
    }
  }
  const byText = grouped(packages.values());
  const sections = [...byText]
    .map(([text, all]) => ({ names: all.map(({ name }) => name).sort(), text }))
    .sort((a, b) => a.names[0].localeCompare(b.names[0]))
    .map(({ names, text }) => `${names.join('\n')}\n\n${text.trim()}\n`);
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `${product} contains parts of the following packages, under their own licences.\n${rule}${sections.join(rule)}`;
}

/** Returns the folder `…/node_modules/@scope/name` of a file in a package. */
function packageFolderOf(file) {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e(?:\.\w+)?$/i.test(one));
  const notice = join(folder, 'NOTICE');
  const authorName = typeof author === 'string' ? author : author?.name;
  const texts = [
    // Some packages name their licence but contain no text of it.
    file === undefined
      ? `Licence: ${license}${authorName === undefined ? '' : `, ${authorName}`}`
      : readFileSync(join(folder, file), 'utf8'),
    ...(existsSync(notice) ? [readFileSync(notice, 'utf8')] : []),
  ];
  return { name: `${name} ${version} (${license})`, text: texts.join('\n\n').replaceAll('\r\n', '\n') };
}

/** `Map.groupBy` is not in Node 20. */
function grouped(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.text, [...(groups.get(item.text) ?? []), item]);
  return groups;
}
