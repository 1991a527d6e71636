import assert from 'node:assert/strict';
import { OPTION_HELP, OPTION_SUMMARIES } from '../src/options/help.ts';
import { OPTION_KEYS } from '../src/options/keys.ts';
import { OPTIONS, type OptionRow } from '../src/options/table.ts';

describe('the texts of the options', () => {
  for (const key of OPTION_KEYS) {
    const { text, rule, pipe, task, default: defaultInWords } = OPTION_HELP[key];
    const row: OptionRow = OPTIONS[key];

    it(`are sentences for ${key}, and phrases in tables`, () => {
      for (const sentences of [text, pipe?.text, task?.text]) assert.match(sentences ?? '.', /^[^\n]*\.$/);
      for (const phrase of [rule, OPTION_SUMMARIES[key].summary]) assert.match(phrase, /^[^\n]*[^.\s]$/);
    });

    it(`refer only to options and limits that exist, for ${key}`, () => {
      const limits = row.limits === undefined ? [] : ['least', 'most'];
      const modes = row.kind === 'mode' ? ['modes'] : [];
      for (const [, name = ''] of [text, rule, pipe?.text, task?.text].join(' ').matchAll(/\{(\w+)\}/g)) {
        assert.ok([...OPTION_KEYS, ...limits, ...modes].includes(name), name);
      }
    });

    it(`describe the default of ${key} in words only if the table has none`, () => {
      if (defaultInWords !== undefined) assert.equal(row.default, undefined);
    });

    it(`have a placeholder for the value of ${key} unless it is a switch`, () => {
      if (row.cli !== undefined) assert.equal(OPTION_SUMMARIES[key].value === undefined, row.kind === 'switch');
    });
  }
});
