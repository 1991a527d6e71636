import assert from 'node:assert/strict';
import { publicVariables, secretVariables } from './environment.ts';
import { VariableStore } from './variables.ts';

describe('variables of a job', () => {
  let masked: string[];
  let store: VariableStore;

  beforeEach(() => {
    masked = [];
    store = new VariableStore((secret) => masked.push(secret));
  });

  it('stay secret, and each value is masked', () => {
    store.set('Key', 'a', { secret: true });
    store.set('KEY', 'b');
    assert.deepEqual(store.all(), [{ name: 'KEY', value: 'b', secret: true, readOnly: false, preserveCase: false }]);
    assert.deepEqual(masked, ['a', 'b']);
    assert.equal(publicVariables(store)['KEY'], undefined);
    assert.equal(secretVariables(store)['SECRET_KEY'], 'b');
  });

  it('stay read-only', () => {
    store.set('Key', 'a', { readOnly: true });
    store.set('key', 'b');
    assert.ok(store.isReadOnly('KEY'));
  });

  it('lose all flags when they are unset', () => {
    store.set('Key', 'a', { secret: true, readOnly: true });
    store.unset('KEY');
    store.set('Key', 'b');
    assert.deepEqual(store.all(), [{ name: 'Key', value: 'b', secret: false, readOnly: false, preserveCase: false }]);
  });

  for (const [value, expected] of [
    ['true', true],
    ['TRUE ', true],
    ['1', false],
    ['yes', false],
    ['', false],
  ] as const) {
    it(`are ${expected} when "${value}"`, () => {
      store.set('x', value);
      assert.equal(store.isTrue('X'), expected);
    });
  }

  it('are expanded again in variables that have changed since', () => {
    store.set('a', '[$(b)]');
    store.set('b', '1');
    store.expandEachOther();
    store.set('b', '2', { secret: true });
    assert.equal(store.get('a'), '[1]');
    store.expandEachOther();
    assert.deepEqual([store.get('a'), secretVariables(store)['SECRET_A']], ['[2]', '[2]']);
    store.unset('b');
    store.expandEachOther();
    assert.equal(store.get('a'), '[$(b)]');
  });

  it('are expanded in each other before each step, and become secret if they contain a secret', () => {
    store.set('secret', 'hidden', { secret: true });
    store.set('a', '[$(B)]');
    store.set('b', '<$(secret)$(none)>');
    store.set('one', '$(two)');
    store.set('two', '$(one)');
    store.expandEachOther();
    assert.deepEqual(
      ['a', 'b', 'one', 'two'].map((name) => store.get(name)),
      ['[<hidden$(none)>]', '<hidden$(none)>', '$(two)', '$(one)'],
    );
    assert.deepEqual(Object.keys(publicVariables(store)), ['ONE', 'TWO', 'VSTS_PUBLIC_VARIABLES']);
    assert.ok(masked.includes('[<hidden$(none)>]'));
  });

  it('are not expanded when a step sets them', () => {
    store.set('a', 'x');
    store.set('b', '$(a)');
    assert.equal(store.get('b'), '$(a)');
  });

  const macros: { text: string; expected: string }[] = [
    { text: '$(build.buildid) $(nothing)', expected: '7 $(nothing)' },
    { text: '$(nothing $(Build.BuildId))', expected: '$(nothing 7)' },
    { text: '$(self)', expected: '$(self) $(Build.BuildId)' },
    { text: '$()$(Build.BuildId', expected: '$()$(Build.BuildId' },
    { text: '$[Build.BuildId] ${BUILD_BUILDID}', expected: '$[Build.BuildId] ${BUILD_BUILDID}' },
  ];
  for (const { text, expected } of macros) {
    it(`expand "${text}" once`, () => {
      store.set('Build.BuildId', '7');
      store.set('self', '$(self) $(Build.BuildId)');
      assert.equal(store.expand(text), expected);
    });
  }

  it('have names in capitals and underscores in an environment, except the status and preserved names', () => {
    store.set('Agent.JobStatus', 'Succeeded');
    store.set('My Name.x-y', '1');
    store.set('keepMe.x', '2', { preserveCase: true });
    assert.deepEqual(publicVariables(store), {
      'Agent.JobStatus': 'Succeeded',
      AGENT_JOBSTATUS: 'Succeeded',
      'MY_NAME_X-Y': '1',
      keepMe_x: '2',
      VSTS_PUBLIC_VARIABLES: '["Agent.JobStatus","My Name.x-y","keepMe.x"]',
    });
  });
});
