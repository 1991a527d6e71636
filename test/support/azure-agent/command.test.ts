import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeData, parseCommand, unescapeData } from './command.ts';

describe('logging commands', () => {
  const setvariable = (properties: Record<string, string>, data = '') => ({
    area: 'task',
    event: 'setvariable',
    properties,
    data,
  });
  const cases: { name: string; line: string; expected: ReturnType<typeof parseCommand> }[] = [
    { name: 'plain text', line: 'hello', expected: undefined },
    { name: 'formatting', line: '##[error]no', expected: undefined },
    { name: 'another case', line: '##VSO[task.debug]x', expected: undefined },
    {
      name: 'a command in the middle of a line, its names in any case',
      line: 'abc ##vso[Task.SetVariable Variable=A;isSecret=true;]v]al',
      expected: setvariable({ variable: 'A', issecret: 'true' }, 'v]al'),
    },
    {
      name: 'the first of two commands, the second as its data',
      line: '##vso[task.setvariable variable=a]##vso[task.complete result=Failed]',
      expected: setvariable({ variable: 'a' }, '##vso[task.complete result=Failed]'),
    },
    {
      name: 'escapes, the percent sign last',
      line: '##vso[task.setvariable variable=a%3Bb%5D]x%0Ay%AZP250A%25',
      expected: setvariable({ variable: 'a;b]' }, 'x\ny%0A%25'),
    },
    {
      name: 'escapes in capitals only',
      line: '##vso[task.setvariable variable=a%3bb]x%0ay',
      expected: setvariable({ variable: 'a%3bb' }, 'x%0ay'),
    },
    {
      name: 'a property after a space as one of another name',
      line: '##vso[task.setvariable variable=a; issecret=true]x',
      expected: setvariable({ variable: 'a', ' issecret': 'true' }, 'x'),
    },
    {
      name: 'a value with an equals sign',
      line: '##vso[task.setvariable variable=a=b=]x',
      expected: setvariable({ variable: 'a=b=' }, 'x'),
    },
    {
      name: 'no property from a name alone, a value alone, or nothing',
      line: '##vso[task.setvariable variable;=b;;c=]x',
      expected: setvariable({}, 'x'),
    },
    { name: 'dots without names between them', line: '##vso[task..setvariable]x', expected: setvariable({}, 'x') },
    {
      name: 'a command that a character without width interrupts, as one of an unknown area',
      line: 'x #\u200b#vso[task.setvariable variable=a]y',
      expected: { area: '[task', event: 'setvariable', properties: { variable: 'a' }, data: 'y' },
    },
    {
      name: 'the same for a mark without a weight',
      line: '##\u0610vso[task.debug]y',
      expected: { area: '[task', event: 'debug', properties: {}, data: 'y' },
    },
    {
      name: 'full-width forms as a Japanese culture does',
      line: '＃＃ｖｓｏ［task.debug]y',
      expected: { area: 'task', event: 'debug', properties: {}, data: 'y' },
    },
    { name: 'a visible character in between as text', line: '#·#vso[task.debug]y', expected: undefined },
    { name: 'no end', line: '##vso[task.debug', expected: 'malformed' },
    { name: 'no area', line: '##vso[debug]x', expected: 'malformed' },
    { name: 'too many names', line: '##vso[a.b.c]x', expected: 'malformed' },
    { name: 'the keyword alone', line: 'see ##vso for more', expected: 'malformed' },
  ];
  for (const { name, line, expected } of cases)
    it(`reads ${name}`, () => assert.deepEqual(parseCommand(line), expected));

  it('restores any escaped data', () =>
    fc.assert(fc.property(fc.string(), (text) => assert.equal(unescapeData(escapeData(text)), text))));
});
