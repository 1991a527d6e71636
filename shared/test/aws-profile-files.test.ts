import assert from 'node:assert/strict';
import { configHeader, withSection } from '../src/publish/aws-profile-files.ts';

describe('profiles in AWS files', () => {
  it('begin a file', () => {
    assert.equal(withSection('', 'default', { region: 'eu-west-1' }), '[default]\nregion = eu-west-1\n');
  });

  it('are added after what is there', () => {
    assert.equal(
      withSection('# mine\n[profile a]\nregion = x\n', 'profile b', { region: 'y' }),
      '# mine\n[profile a]\nregion = x\n\n[profile b]\nregion = y\n',
    );
  });

  it('are added with one empty line between, however many there are', () => {
    assert.equal(withSection('[a]\nk = 1\n\n', 'b', { z: '1' }), '[a]\nk = 1\n\n[b]\nz = 1\n');
    assert.equal(withSection('[a]\nk = 1\n \t\n', 'b', { z: '1' }), '[a]\nk = 1\n \t\n[b]\nz = 1\n');
  });

  it('leave lines before any section, and values that look like one', () => {
    const theirs = 'stray = 1\n[a]\nrun = x [b]\nlist[b] = 1\nk = 1\n';
    assert.equal(withSection(theirs, 'b', { z: '1' }), `${theirs}\n[b]\nz = 1\n`);
  });

  it('replace their own section and leave every other line', () => {
    const before = '; top\n[a]\nk = 1\n\n# about b\n[ b ]\nold = 1\nnested =\n  x = 1\n\n# about c\n[c]\nk = 3\n';
    const after = '; top\n[a]\nk = 1\n\n# about b\n[b]\nnew = 2\n\n# about c\n[c]\nk = 3\n';
    assert.equal(withSection(before, 'b', { new: '2' }), after);
  });

  it('make one of a section that came twice', () => {
    assert.equal(withSection('[b]\nx = 1\n[a]\n[b]\ny = 1\n', 'b', { z: '1' }), '[b]\nz = 1\n[a]\n');
  });

  it('change nothing when written again', () => {
    const once = withSection('[a]\nk = 1\n', 'b', { z: '1' });
    assert.equal(withSection(once, 'b', { z: '1' }), once);
  });

  it('read files with Windows line ends', () => {
    assert.equal(withSection('[a]\r\nk=1\r\n', 'a', { k: '2' }), '[a]\nk = 2\n');
  });

  it('have no prefix for the default profile in the config file', () => {
    assert.equal(configHeader('default'), 'default');
    assert.equal(configHeader('x'), 'profile x');
  });

  it('know the default profile and quoted names in every spelling', () => {
    assert.equal(withSection('[profile default]\nk = 1\n', 'default', { z: '1' }), '[default]\nz = 1\n');
    for (const header of [
      '[profile "a"]',
      "[profile 'a']",
      '[profile  \t a]',
      ' [ profile a ]',
      '[profile a] # mine',
    ]) {
      assert.equal(withSection(`${header}\nk = 1\n`, 'profile a', { z: '1' }), '[profile a]\nz = 1\n', header);
    }
  });

  for (const value of ['', 'a\n[b]', 'a\r', '# a', '; a', 'a # b', ' a', 'a\0b']) {
    it(`take no value that would be read as something else: ${JSON.stringify(value)}`, () => {
      assert.throws(() => withSection('', 'a', { k: value }), {
        code: 'CannotPublish',
        message: 'k has a value that AWS configuration files cannot hold.',
      });
    });
  }
});
