import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeSessionName, SESSION_NAME, sessionNameOf } from '../src/identity/session-name.ts';

const run = {
  system: 'bitbucket',
  owner: 'acme',
  repository: 'shop-api',
  build: '42',
  step: '{1f0c9a2b-1111-4222-8333-444455556666}',
};

const SYSTEM = fc.constantFrom('bitbucket', 'azure', 'github', 'hcp-terraform');
const ANY_TEXT = fc.string({ unit: 'binary', maxLength: 120 });
/** Repository names that Bitbucket and GitHub allow. Two dots at the end mark a cut. */
const NAME = fc.stringMatching(/^[\w.-]{0,62}[\w-]$/);
const BUILD = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);

describe('role session name', () => {
  it('names system, owner, repository, build and step', () => {
    assert.equal(sessionNameOf(run), 'bitbucket,acme,shop-api,42,1f0c9a2b');
  });

  it('can be decoded to the run', () => {
    assert.deepEqual(decodeSessionName(sessionNameOf(run)), {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop-api',
      build: '42',
      step: '1f0c9a2b',
    });
  });

  describe('omits unknown parts at the end', () => {
    const cases = [
      { name: 'a step', run: { ...run, step: '' }, expected: 'bitbucket,acme,shop-api,42' },
      {
        name: 'a build, but not its place before a step',
        run: { ...run, build: '' },
        expected: 'bitbucket,acme,shop-api,,1f0c9a2b',
      },
      {
        name: 'all but the system',
        run: { system: 'gitlab', owner: '', repository: '', build: '', step: '' },
        expected: 'gitlab',
      },
    ];
    for (const { name, run, expected } of cases) {
      it(name, () => {
        assert.equal(sessionNameOf(run), expected);
      });
    }
  });

  it('replaces characters that AWS STS does not accept', () => {
    assert.equal(
      sessionNameOf({ ...run, system: 'azure', owner: '{acme}', repository: 'Zoë’s Shop, web' }),
      'azure,acme,Zo__s_Shop__web,42,1f0c9a2b',
    );
  });

  describe('cuts the readable part, the longer of the two names first', () => {
    // `bitbucket,,,42,1f0c9a2b` leaves room for 41 characters.
    const [a, b] = [(count: number) => 'a'.repeat(count), (count: number) => 'b'.repeat(count)];
    const cases = [
      { name: 'neither where both just fit', owner: a(20), repository: b(21), expected: `${a(20)},${b(21)}` },
      { name: 'the repository alone', owner: a(4), repository: b(90), expected: `${a(4)},${b(35)}..` },
      { name: 'the owner alone', owner: a(90), repository: b(8), expected: `${a(31)}..,${b(8)}` },
      { name: 'no owner of half the room', owner: a(20), repository: b(22), expected: `${a(20)},${b(19)}..` },
      { name: 'no repository of half the room', owner: a(21), repository: b(21), expected: `${a(18)}..,${b(21)}` },
      { name: 'both, the owner by one more', owner: a(60), repository: b(60), expected: `${a(18)}..,${b(19)}..` },
    ];
    for (const { name, owner, repository, expected } of cases) {
      it(name, () => {
        const sessionName = sessionNameOf({ ...run, owner, repository });
        assert.equal(sessionName, `bitbucket,${expected},42,1f0c9a2b`);
        assert.equal(sessionName.length, 64);
      });
    }
  });

  it('has more room without a step', () => {
    const sessionName = sessionNameOf({ ...run, owner: 'a'.repeat(60), repository: 'b'.repeat(60), step: '' });
    assert.equal(sessionName, `bitbucket,${'a'.repeat(23)}..,${'b'.repeat(23)}..,42`);
    assert.equal(sessionName.length, 64);
  });

  it('keeps the end of a build that is not a number', () => {
    assert.equal(
      sessionNameOf({ ...run, build: `${'0'.repeat(60)}12345678901234567890` }),
      'bitbucket,acme,shop-api,12345678901234567890,1f0c9a2b',
    );
  });

  it('is always accepted by AWS STS, and keeps build and step', () => {
    fc.assert(
      fc.property(SYSTEM, ANY_TEXT, ANY_TEXT, BUILD, fc.uuid(), (system, owner, repository, build, step) => {
        const name = sessionNameOf({ system, owner, repository, build, step });
        assert.match(name, SESSION_NAME);
        assert.ok(name.endsWith(`,${build},${step.slice(0, 8)}`), name);
      }),
    );
  });

  it('is accepted by AWS STS for any run, even if all its parts are invalid', () => {
    fc.assert(
      fc.property(SYSTEM, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, (system, owner, repository, build, step) => {
        assert.match(sessionNameOf({ system, owner, repository, build, step }), SESSION_NAME);
      }),
    );
  });

  it('can be decoded to all uncut parts, and to the beginning of cut ones', () => {
    fc.assert(
      fc.property(SYSTEM, NAME, NAME, BUILD, fc.option(fc.uuid()), (system, owner, repository, build, step) => {
        const decoded = decodeSessionName(sessionNameOf({ system, owner, repository, build, step: step ?? '' }));
        assert.ok(decoded !== undefined);
        assert.deepEqual(
          [decoded.system, decoded.build, decoded.step],
          [system, build, step === null ? undefined : step.slice(0, 8)],
        );
        for (const [part, whole] of [
          [decoded.owner, owner],
          [decoded.repository, repository],
        ] as const) {
          if (part.endsWith('…')) assert.ok(whole.startsWith(part.slice(0, -1)), `${part} of ${whole}`);
          else assert.equal(part, whole);
        }
      }),
    );
  });

  it('marks a cut only in a name of full length, because a repository may end in two dots', () => {
    assert.equal(decodeSessionName(sessionNameOf({ ...run, repository: 'wait..' }))?.repository, 'wait..');
    const full = decodeSessionName(sessionNameOf({ ...run, owner: 'x..y'.repeat(20), repository: 'b'.repeat(80) }));
    assert.equal(full?.owner, 'x..yx..yx..yx..yx.…');
    assert.equal(full?.repository, `${'b'.repeat(19)}…`);
  });

  it('can be decoded to a run without a step', () => {
    assert.deepEqual(decodeSessionName('bitbucket,acme,shop-api,42'), {
      system: 'bitbucket',
      owner: 'acme',
      repository: 'shop-api',
      build: '42',
    });
  });

  it('does not read names of another form', () => {
    for (const name of ['GitHubActions', 'a,b', 'a,b,c', 'a,b,c,d,e,f', 'i have spaces,b,c,d']) {
      assert.equal(decodeSessionName(name), undefined, name);
    }
  });
});
