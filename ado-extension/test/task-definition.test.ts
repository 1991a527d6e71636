import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { awsEnvironment, CONFLICTING_VARIABLES, OPTION_KEYS } from '@aws-oidc-assume/shared';
import { minimatch } from 'minimatch';
import { partitionOf } from '../../shared/src/aws/region.ts';
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
  readonly properties?: Readonly<Record<string, string | boolean>>;
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
  it("has an input for each option of the code, by its name, and for the task's own settings", () => {
    assert.deepEqual(inputs.map(({ name }) => name).sort(), [...OPTION_KEYS, ...TASK_INPUTS].sort());
  });

  it('offers the modes of the code, with the default first', () => {
    const expose = inputs.find(({ name }) => name === 'expose');
    assert.deepEqual(Object.keys(expose?.options ?? {}), [...EXPOSE_MODES]);
    assert.equal(expose?.defaultValue, EXPOSE_MODES[0]);
  });

  it('offers regions, and takes any other text for one', () => {
    const region = inputs.find(({ name }) => name === 'region');
    assert.deepEqual([region?.type, region?.properties], ['pickList', { EditableOptions: 'True' }]);
    assert.equal(region?.defaultValue, undefined);
    for (const name of Object.keys(region?.options ?? {})) assert.equal(partitionOf(name), 'aws', name);
  });

  it('has a complete title with any inputs', () => {
    assert.doesNotMatch(task.instanceNameFormat, /\$\(/);
  });

  it('requires no input that a service connection can replace', () => {
    assert.deepEqual(
      inputs.filter(({ required }) => required),
      [],
    );
  });

  it('has names that the schema allows, each once, including aliases', () => {
    const names = inputs.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assert.deepEqual(
      names.filter((name) => !/^[A-Za-z][A-Za-z0-9]*$/.test(name)),
      [],
    );
    const lower = names.map((name) => name.toLowerCase());
    assert.equal(new Set(lower).size, lower.length);
  });

  it('refers only to existing groups and inputs, and explains each input', () => {
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

  it('is allowed to set all its variables, with any prefix', () => {
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

  it('has no output with the name of an environment variable, which the agent would then not export', () => {
    const outputs: readonly string[] = task.outputVariables.map(({ name }: { name: string }) => name);
    assert.deepEqual(outputs, ['accountId', 'assumedRoleArn', 'expiration']);
  });

  it('runs on both Node versions of agents, with the post-job handler on both', () => {
    const handlers = ['Node20_1', 'Node24'];
    assert.deepEqual([Object.keys(task.execution), Object.keys(task.postjobexecution)], [handlers, handlers]);
    // The first agents with Node20_1, according to Microsoft's advice to authors.
    assert.equal(task.minimumAgentVersion, '4.248.0');
    assert.ok(task.friendlyName.length <= 40);
  });
});

describe('vss-extension.json', () => {
  const [taskContribution, connectionContribution] = contributions;

  it('contributes the task by the folder with its versions', () => {
    assert.equal(taskContribution?.properties.name, task.name);
    assert.ok(manifest.files.some(({ path }: { path: string }) => path === task.name));
  });

  it('contributes a type of service connection without any secret, which the task accepts', () => {
    const { name, inputDescriptors = [], authenticationSchemes } = connectionContribution?.properties ?? {};
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

  it('is accepted by the marketplace', () => {
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

  it('have the sizes for agents and the marketplace', () => {
    assert.deepEqual(sizeOf('../AwsOidcAssume/AwsOidcAssumeV1/icon.png'), [32, 32]);
    assert.deepEqual(sizeOf('../images/icon.png'), [128, 128]);
  });
});

describe('the version', () => {
  it('is only in the root package.json', () => {
    assert.equal(manifest.version, '0.0.0');
    assert.deepEqual(task.version, { Major: 0, Minor: 0, Patch: 0 });
    const packed = withVersion('12.3.4', { manifest, task });
    assert.equal(packed.manifest.version, '12.3.4');
    assert.deepEqual(packed.task.version, { Major: 12, Minor: 3, Patch: 4 });
  });

  it('is accepted by Azure DevOps', () => {
    assert.throws(() => withVersion('1.2.3-beta', { manifest, task }), /no version that Azure DevOps takes/);
  });
});

describe('the tables of inputs', () => {
  /** Returns the names in code in that column of the table under the heading, in the order of the rows. */
  const namesInTable = (path: string, heading: string, column: number) => {
    const text = read(path);
    const section = text.slice(text.indexOf(`\n## ${heading}\n`)).split(/\n## /)[1] ?? '';
    return section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...(line.split(/(?<!\\)\|/)[column] ?? '').matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  };
  const all = inputs.map(({ name }) => name).sort();

  it('name exactly the inputs in overview.md', () => {
    assert.deepEqual(namesInTable('../overview.md', 'Inputs', 1).sort(), all);
  });

  it('name exactly the inputs in docs/azure-devops.md', () => {
    assert.deepEqual(namesInTable('../../docs/azure-devops.md', 'Inputs', 1).sort(), all);
  });

  it('name only existing inputs in docs/options.md', () => {
    const optionInputs = namesInTable('../../docs/options.md', 'In the pipe and in the task', 3).filter(
      (name) => name !== 'System.Debug',
    );
    assert.ok(optionInputs.length > 5);
    assert.deepEqual(
      optionInputs.filter((name) => name === undefined || !all.includes(name)),
      [],
    );
  });
});
