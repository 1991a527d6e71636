import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { awsEnvironment, CONFLICTING_VARIABLES, FAILURES, OPTION_KEYS } from '@aws-oidc-assume/shared';
import { minimatch } from 'minimatch';
import { TASK_INPUTS } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/inputs.ts';
import { CONNECTION_FIELDS, CONNECTION_TYPE } from '../AwsOidcAssume/AwsOidcAssumeV1/src/agent/service-connection.ts';
import { credentialProcess } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/credential-process.ts';
import { EXPOSE_MODES } from '../AwsOidcAssume/AwsOidcAssumeV1/src/expose/modes.ts';
import { contextOf, optionsOf, sessionOf } from './support.ts';

interface Input {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly helpMarkDown: string;
  readonly aliases?: readonly string[];
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly required?: boolean;
  readonly defaultValue?: string;
  readonly options?: Readonly<Record<string, string>>;
}

interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly properties: {
    readonly name: string;
    readonly inputDescriptors?: readonly { readonly id: string; readonly isConfidential: boolean }[];
    readonly authenticationSchemes?: readonly { readonly type: string; readonly inputDescriptors?: unknown }[];
  };
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const task = JSON.parse(read('../AwsOidcAssume/AwsOidcAssumeV1/task.json'));
const manifest = JSON.parse(read('../vss-extension.json'));
const inputs: readonly Input[] = task.inputs;
const contributions: readonly Contribution[] = manifest.contributions;

/** A script of the build, in plain JavaScript. */
const { withVersion } = (await import(new URL('../../scripts/extension/version.mjs', import.meta.url).href)) as {
  withVersion(
    version: string,
    files: { manifest: object; task: object },
  ): { manifest: { version: string }; task: { version: object } };
};

describe('task.json', () => {
  it('has an input for each option of the code, by its name, and for what is of the task alone', () => {
    assert.deepEqual(inputs.map(({ name }) => name).sort(), [...OPTION_KEYS, ...TASK_INPUTS].sort());
  });

  it('offers the modes of the code, the default first', () => {
    const expose = inputs.find(({ name }) => name === 'expose');
    assert.deepEqual(Object.keys(expose?.options ?? {}), [...EXPOSE_MODES]);
    assert.equal(expose?.defaultValue, EXPOSE_MODES[0]);
  });

  it('requires nothing that a service connection may give', () => {
    assert.deepEqual(
      inputs.filter(({ required }) => required),
      [],
    );
  });

  it('has names that the schema allows, each once, aliases included', () => {
    const names = inputs.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assert.deepEqual(
      names.filter((name) => !/^[A-Za-z][A-Za-z0-9]*$/.test(name)),
      [],
    );
    const lower = names.map((name) => name.toLowerCase());
    assert.equal(new Set(lower).size, lower.length);
  });

  it('refers only to groups and inputs that are there, and explains each input', () => {
    const groups = new Set(task.groups.map(({ name }: { name: string }) => name));
    for (const { name, groupName, visibleRule = '', helpMarkDown, label } of inputs) {
      assert.ok(groupName === undefined || groups.has(groupName), name);
      for (const [, other = ''] of visibleRule.matchAll(/(\w+) (?:!=|=) /g)) {
        assert.ok(
          inputs.some((input) => input.name === other),
          `${name}: ${visibleRule}`,
        );
      }
      assert.ok(helpMarkDown.length > 20 && label.length > 0, name);
    }
  });

  it('may set every variable that it sets, with any prefix', () => {
    const allowed: readonly string[] = task.restrictions.settableVariables.allowed;
    const options = optionsOf({ variablePrefix: 'my_' });
    const set = [
      ...awsEnvironment(sessionOf(), options).map(({ name }) => name),
      ...credentialProcess.variables(contextOf({ options })).map(({ name }) => name),
      ...task.outputVariables.map(({ name }: { name: string }) => name),
      ...CONFLICTING_VARIABLES,
    ];
    for (const name of set)
      assert.ok(
        allowed.some((glob) => minimatch(name, glob, { nocase: true })),
        name,
      );
    assert.ok(!allowed.some((glob) => minimatch('PATH', glob, { nocase: true })));
  });

  it('has no output of the name of an environment variable, which the agent would then not export', () => {
    const outputs: readonly string[] = task.outputVariables.map(({ name }: { name: string }) => name);
    assert.deepEqual(outputs, ['accountId', 'assumedRoleArn', 'expiration']);
  });

  it('runs on both Nodes that agents have, with the post-job handler on both', () => {
    const handlers = ['Node20_1', 'Node24'];
    assert.deepEqual([Object.keys(task.execution), Object.keys(task.postjobexecution)], [handlers, handlers]);
    // The first agents that know Node20_1, by Microsoft's own advice to authors.
    assert.equal(task.minimumAgentVersion, '4.248.0');
    assert.ok(task.friendlyName.length <= 40);
  });
});

describe('vss-extension.json', () => {
  const [ofTask, ofConnection] = contributions;

  it('contributes the task by the folder of its versions', () => {
    assert.equal(ofTask?.properties.name, task.name);
    assert.ok(manifest.files.some(({ path }: { path: string }) => path === task.name));
  });

  it('contributes a type of service connections without any secret, that the task accepts', () => {
    const { name, inputDescriptors = [], authenticationSchemes } = ofConnection?.properties ?? {};
    assert.equal(name, CONNECTION_TYPE);
    assert.equal(
      inputs.find((input) => input.name === 'serviceConnection')?.type,
      `connectedService:${name},AWS,Generic`,
    );
    assert.deepEqual(authenticationSchemes, [{ type: 'ms.vss-endpoint.endpoint-auth-scheme-none' }]);
    assert.deepEqual(
      inputDescriptors.map(({ id }) => id),
      CONNECTION_FIELDS,
    );
    assert.ok(inputDescriptors.every(({ isConfidential }) => !isConfidential));
  });

  it('is what the marketplace takes', () => {
    assert.ok(manifest.description.length <= 200);
    assert.deepEqual(manifest.categories, ['Azure Pipelines']);
    assert.equal(new Set(contributions.map(({ id }) => id)).size, contributions.length);
  });
});

describe('the icons', () => {
  const sizeOf = (path: string) => {
    const png = readFileSync(new URL(path, import.meta.url));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };

  it('have the sizes that agents and marketplace want', () => {
    assert.deepEqual(sizeOf('../AwsOidcAssume/AwsOidcAssumeV1/icon.png'), [32, 32]);
    assert.deepEqual(sizeOf('../images/icon.png'), [128, 128]);
  });
});

describe('the picture of a refusal', () => {
  it('has the words that the log has', () => {
    const svg = read('../images/refused.svg');
    const [, shown = ''] = />(AccessDenied: .*) …</.exec(svg) ?? [];
    assert.ok(shown !== '' && `AccessDenied: ${FAILURES.AccessDenied.cause}`.startsWith(shown), shown);
  });
});

describe('the version', () => {
  it('stands in the root package.json alone', () => {
    assert.equal(manifest.version, '0.0.0');
    assert.deepEqual(task.version, { Major: 0, Minor: 0, Patch: 0 });
    const packed = withVersion('12.3.4', { manifest, task });
    assert.equal(packed.manifest.version, '12.3.4');
    assert.deepEqual(packed.task.version, { Major: 12, Minor: 3, Patch: 4 });
  });

  it('is one that Azure DevOps takes', () => {
    assert.throws(() => withVersion('1.2.3-beta', { manifest, task }), /no version that Azure DevOps takes/);
  });
});

describe('the tables of inputs', () => {
  /** Names in code in that column of the table under the heading, in the order of the rows. */
  const named = (path: string, heading: string, column: number) => {
    const text = read(path);
    const section = text.slice(text.indexOf(`\n## ${heading}\n`)).split(/\n## /)[1] ?? '';
    return section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...(line.split(/(?<!\\)\|/)[column] ?? '').matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  };
  const all = inputs.map(({ name }) => name).sort();

  it('of overview.md name each input, and no other', () => {
    assert.deepEqual(named('../overview.md', 'Inputs', 1).sort(), all);
  });

  it('of docs/azure-devops.md name each input, and no other', () => {
    assert.deepEqual(named('../../docs/azure-devops.md', 'Inputs', 1).sort(), all);
  });

  it('of docs/options.md name only inputs that are there', () => {
    const ofOptions = named('../../docs/options.md', 'In the pipe and in the task', 3).filter(
      (name) => name !== 'System.Debug',
    );
    assert.ok(ofOptions.length > 5);
    assert.deepEqual(
      ofOptions.filter((name) => name === undefined || !all.includes(name)),
      [],
    );
  });
});
