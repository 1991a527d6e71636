import { CHOICES } from '../../ado-extension/AwsOidcAssume/AwsOidcAssumeV1/src/agent/inputs-help.ts';
import { defaultOf, filledIn, type Row } from './rows.ts';
import { defaultSentence, sentences, taskRows } from './tables.ts';

const TYPES = {
  text: 'string',
  number: 'string',
  json: 'multiLine',
  list: 'multiLine',
  switch: 'boolean',
  mode: 'pickList',
} as const;

/** Returns the text of task.json with the inputs of the table of options. */
export function withInputs(text: string): string {
  const task: { groups: { name: string }[]; inputs: unknown } = JSON.parse(text);
  const order = [undefined, ...task.groups.map(({ name }) => name)];
  const ordered = [...taskRows()].sort((a, b) => order.indexOf(a.task?.group) - order.indexOf(b.task?.group));
  for (const row of ordered.filter(({ task }) => task?.after !== undefined)) {
    ordered.splice(ordered.indexOf(row), 1);
    ordered.splice(ordered.findIndex(({ input }) => input === row.task?.after) + 1, 0, row);
  }
  return `${compact(JSON.stringify({ ...task, inputs: ordered.map(input) }, null, 2))}\n`;
}

function input(row: Row): object {
  const { label, formType, aliases, group, visibleRule, text } = row.task ?? { label: '' };
  const type = formType ?? row.formType ?? TYPES[row.kind];
  const hasDefaultValue = row.kind === 'switch' || row.kind === 'mode';
  const isEditable = type === 'pickList' && row.kind !== 'mode';
  return {
    name: row.input,
    ...(aliases === undefined ? {} : { aliases }),
    type,
    label,
    ...(hasDefaultValue ? { defaultValue: String(row.default) } : {}),
    required: false,
    ...(group === undefined ? {} : { groupName: group }),
    ...(visibleRule === undefined ? {} : { visibleRule }),
    ...(type === 'multiLine' ? { properties: { rows: '3', resizable: true } } : {}),
    ...(isEditable ? { properties: { EditableOptions: 'True' } } : {}),
    ...(type === 'pickList' ? { options: CHOICES[row.input ?? ''] } : {}),
    helpMarkDown: sentences([
      filledIn(row.text, row, 'task'),
      text && filledIn(text, row, 'task'),
      hasDefaultValue || row.pipe?.required ? undefined : defaultSentence(defaultOf(row, 'task')),
    ]),
  };
}

/** Puts arrays of text on one line if they fit, as the formatter does. */
function compact(json: string): string {
  return json.replace(/\[\n\s+("[^"]*"(?:,\n\s+"[^"]*")*)\n\s+\]/g, (array, items: string) => {
    const line = `[${items.replace(/,\n\s+/g, ', ')}]`;
    return line.length < 100 ? line : array;
  });
}
