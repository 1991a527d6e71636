// Writes the setups in examples/ from packages/trust-policy, so that users copy the package's own output. With --check
// it compares instead, and fails if a file differs, is missing, or is superfluous.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type GenerateRequest,
  generate,
  type Permission,
  renderAwsCli,
  renderCloudFormation,
  renderPipelineFile,
  renderTerraform,
  renderTerraformProvider,
  type TemplateRequest,
} from '../packages/trust-policy/src/index.ts';
import { block, Expression } from '../packages/trust-policy/src/render/hcl.ts';
import { HOME } from '../shared/src/core/home.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const examples = join(root, 'examples');
/** Folders that contain all generated files and no others. */
const FOLDERS = ['bitbucket', 'azure-devops'] as const;
type System = (typeof FOLDERS)[number];

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

const WORKSPACE = { workspace: 'acme', workspaceUuid: '6f7c0a3e-2a7b-4d7e-9a53-0b1f6f3f2c11' };
const REPOSITORY = 'b5c1d0f2-8e34-4c43-a1f7-5d9b7c2e4a22';
const PRODUCTION = '3c2b1a09-8f7e-4d6c-9b5a-493827160544';
const ORGANIZATION = { organization: 'acme', organizationId: '2d1f3b5a-7c9e-4f10-8a2b-4c6d8e0f1a55' };
const PROJECT = 'shop';

/** A typical job: its permissions, and whether it is for production, which gets the tightest scope. */
interface Job {
  readonly name: string;
  readonly production: boolean;
  readonly permissions: readonly Permission[];
  /** Template in scripts/examples/ with what the job deploys to. */
  readonly target?: string;
}

const JOBS: readonly Job[] = [
  {
    name: 'site-deploy',
    production: true,
    target: 'site.yaml',
    permissions: [
      { preset: 's3-sync', bucket: 'acme-site' },
      { preset: 'cloudfront-invalidation', distributionId: 'E1EXAMPLE2SITE' },
    ],
  },
  {
    name: 'image-push',
    production: false,
    target: 'repository.yaml',
    permissions: [{ preset: 'ecr-push', region: REGION, repository: 'acme/shop' }],
  },
  {
    name: 'stack-deploy',
    production: true,
    target: 'execution-role.yaml',
    permissions: [
      {
        preset: 'cloudformation-deploy',
        region: REGION,
        stackName: 'shop',
        executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/shop-stack-execution`,
      },
    ],
  },
  { name: 'cdk-deploy', production: true, permissions: [{ preset: 'cdk-deploy', region: REGION }] },
];

function scopeOf(system: System, { production, name }: Job): GenerateRequest {
  if (system === 'bitbucket') {
    const environment = production ? { deploymentEnvironmentUuid: PRODUCTION } : {};
    return { provider: system, account: ACCOUNT, ...WORKSPACE, repositoryUuid: REPOSITORY, ...environment };
  }
  const common = { provider: system, account: ACCOUNT, ...ORGANIZATION, project: PROJECT } as const;
  return production ? { ...common, serviceConnection: 'aws-deploy' } : { ...common, pipeline: name };
}

/** Text by path below examples/. */
function generated(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const system of FOLDERS) {
    for (const [index, job] of JOBS.entries()) {
      const request: TemplateRequest = {
        trust: generate(scopeOf(system, job)),
        roleName: job.name,
        permissions: job.permissions,
        // An account has one provider per issuer: the first setup creates it, the others find it.
        identityProvider: index === 0 ? 'create' : 'existing',
      };
      files.set(`${system}/${job.name}/cloudformation.yaml`, renderCloudFormation(request));
      files.set(`${system}/${job.name}/main.tf`, renderTerraform(request));
      files.set(`${system}/${job.name}/aws-cli.sh`, renderAwsCli(request));
      const { target } = job;
      if (target !== undefined) {
        files.set(`${system}/${job.name}/${target}`, readFileSync(join(root, 'scripts/examples', target), 'utf8'));
      }
      const pipeline = renderPipelineFile({
        scope: scopeOf(system, job),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/${job.name}`,
        region: REGION,
        permissions: job.permissions,
        pipeVersion: version,
      });
      if (pipeline !== undefined) files.set(`${system}/${job.name}/${pipeline.path}`, pipeline.text);
    }
    files.set(`${system}/terraform/main.tf`, terraformRoot(system));
    for (const [name, text] of cdkApp(system)) files.set(`${system}/cdk/${name}`, text);
    for (const [name, text] of pythonApp(system)) files.set(`${system}/cdk-python/${name}`, text);
  }
  return files;
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const moduleSource = (name: string) => `${HOME.replace('https://', '')}//terraform/modules/${name}?ref=v${version}`;

/** Writes the same roles with the Terraform modules, in one configuration. */
function terraformRoot(system: System): string {
  const { owner } = CONSTRUCTS[system];
  const provider = block('module "identity_provider"', [
    { source: moduleSource(`${system}-provider`) },
    Object.fromEntries(Object.entries(owner).map(([key, value]) => [snakeCase(key), value])),
  ]);
  const roles = JOBS.flatMap((job) => {
    const name = job.name.replaceAll('-', '_');
    const { permissions } = job;
    return [
      block(`module "${name}"`, [
        { source: moduleSource(`${system}-role`) },
        {
          name: job.name,
          identity_provider: new Expression('module.identity_provider'),
          trust: [terraformScope(system, job)],
          permissions: Object.assign({}, ...permissions.map(terraformPermission)),
        },
      ]),
      block(`output "${name}_role_arn"`, [{ value: new Expression(`module.${name}.arn`) }]),
    ];
  });
  return `# Generated by scripts/examples.ts. If the account has the identity provider, set "create = false" in its module.
${renderTerraformProvider({ account: ACCOUNT, region: REGION })}
${[provider, ...roles].join('\n\n')}
`;
}

function terraformScope(system: System, { production, name }: Job): object {
  if (system === 'bitbucket') {
    return { repository_uuid: REPOSITORY, ...(production ? { deployment_environment_uuid: PRODUCTION } : {}) };
  }
  return { project: PROJECT, ...(production ? { service_connection: 'aws-deploy' } : { pipeline: name }) };
}

/** Variable of the role modules for the same permission. */
function terraformPermission({ preset, ...fields }: Permission): object {
  const item = Object.fromEntries(Object.entries(fields).map(([key, value]) => [snakeCase(key), value]));
  const name = preset.replaceAll('-', '_');
  return { [name]: preset === 'cloudfront-invalidation' ? Object.values(fields) : [item] };
}

const APP_NOTE = 'Generated by scripts/examples.ts. If another stack creates the identity provider, use fromAccount().';

/** Names of a system's constructs, and properties of its identity provider. */
const CONSTRUCTS = {
  bitbucket: { prefix: 'Bitbucket', owner: WORKSPACE },
  'azure-devops': { prefix: 'AzureDevOps', owner: ORGANIZATION },
} as const;

/** The same roles as constructs, in TypeScript. */
function cdkApp(system: System): [name: string, text: string][] {
  const { prefix, owner } = CONSTRUCTS[system];
  const roles = JOBS.map(({ name, ...job }) => {
    const id = pascalCase(name);
    const variable = id.charAt(0).toLowerCase() + id.slice(1);
    const allow = job.permissions.map((permission) => `${variable}.${allowCall(permission, typeScript)};`);
    return `const ${variable} = new ${prefix}OidcRole(stack, '${id}', {
  roleName: '${name}', provider, trust: [${prefix}Scope.${typeScript(...scopeCall(system, { name, ...job }))}],
});
${allow.join('\n')}
new CfnOutput(stack, '${id}RoleArn', { value: ${variable}.roleArn });`;
  });
  const app = `// ${APP_NOTE}
import { ${prefix}OidcProvider, ${prefix}OidcRole, ${prefix}Scope } from '@aws-oidc-assume/cdk';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';

const app = new App();
const stack = new Stack(app, 'CiRoles', { env: { account: '${ACCOUNT}', region: '${REGION}' } });

const provider = new ${prefix}OidcProvider(stack, 'Provider', ${JSON.stringify(owner)});

${roles.join('\n\n')}

app.synth();
`;
  return [
    ['app.ts', formatted('app.ts', app)],
    ['cdk.json', formatted('cdk.json', JSON.stringify({ app: 'npx tsx app.ts' }))],
  ];
}

/** The same roles as constructs, in Python. */
function pythonApp(system: System): [name: string, text: string][] {
  const { prefix, owner } = CONSTRUCTS[system];
  const properties = Object.entries(owner).map(([key, value]) => `    ${snakeCase(key)}="${value}",\n`);
  const roles = JOBS.map((job) => {
    const variable = job.name.replaceAll('-', '_');
    const allow = job.permissions.map((permission) => `${variable}.${allowCall(permission, python)}`);
    return `${variable} = ${prefix}OidcRole(
    stack,
    "${pascalCase(job.name)}",
    role_name="${job.name}",
    provider=provider,
    trust=[
        ${prefix}Scope.${python(...scopeCall(system, job))},
    ],
)
${allow.join('\n')}
CfnOutput(stack, "${pascalCase(job.name)}RoleArn", value=${variable}.role_arn)
`;
  });
  const app = `# ${APP_NOTE.replace('fromAccount', 'from_account')}
from aws_cdk import App, CfnOutput, Environment, Stack
from aws_oidc_assume_cdk import ${prefix}OidcProvider, ${prefix}OidcRole, ${prefix}Scope

app = App()
stack = Stack(app, "CiRoles", env=Environment(account="${ACCOUNT}", region="${REGION}"))

provider = ${prefix}OidcProvider(
    stack,
    "Provider",
${properties.join('')})

${roles.join('\n')}
app.synth()
`;
  return [
    ['app.py', app],
    ['cdk.json', formatted('cdk.json', JSON.stringify({ app: 'python3 app.py' }))],
    ['requirements.txt', 'aws-cdk-lib\naws-oidc-assume-cdk\n'],
  ];
}

/** Writes a call in one language. Options come last. */
type Language = (name: string, values: readonly string[], options?: Readonly<Record<string, string>>) => string;

const typeScript: Language = (name, values, options) => {
  const literal = (text: string) => `'${text}'`;
  const last = Object.entries(options ?? {}).map(([key, value]) => `${key}: ${literal(value)}`);
  return `${name}(${[...values.map(literal), ...(last.length === 0 ? [] : [`{ ${last.join(', ')} }`])].join(', ')})`;
};

const python: Language = (name, values, options) => {
  const literal = (text: string) => `"${text}"`;
  const last = Object.entries(options ?? {}).map(([key, value]) => `${snakeCase(key)}=${literal(value)}`);
  return `${snakeCase(name)}(${[...values.map(literal), ...last].join(', ')})`;
};

/** Converts names of constructs to Python as jsii does. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Method of a role for the same permission. The region is the stack's. */
function allowCall(permission: Permission, language: Language): string {
  switch (permission.preset) {
    case 's3-sync':
      return language('allowS3Sync', [permission.bucket]);
    case 'cloudfront-invalidation':
      return language('allowCloudFrontInvalidation', [permission.distributionId]);
    case 'ecr-push':
      return language('allowEcrPush', [permission.repository]);
    case 'cloudformation-deploy':
      return language('allowCloudFormationDeploy', [permission.stackName, permission.executionRoleArn]);
    case 'cdk-deploy':
      return language('allowCdkDeploy', []);
  }
}

function scopeCall(system: System, { production, name }: Job): [name: string, values: readonly string[]] {
  if (system === 'bitbucket') {
    return production ? ['deploymentEnvironment', [REPOSITORY, PRODUCTION]] : ['repository', [REPOSITORY]];
  }
  return production ? ['serviceConnection', [PROJECT, 'aws-deploy']] : ['pipeline', [PROJECT, name]];
}

function formatted(name: string, text: string): string {
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['format', `--stdin-file-path=${name}`],
    { cwd: root, input: text, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${name} cannot be formatted:\n${stderr}`);
  return stdout;
}

/** Paths below examples/ of the files that are now in the generated folders. */
function present(): string[] {
  return FOLDERS.filter((folder) => existsSync(join(examples, folder))).flatMap((folder) =>
    readdirSync(join(examples, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(examples.length + 1)),
  );
}

function check(files: ReadonlyMap<string, string>): number {
  const wrong = [
    ...[...files].filter(([file]) => !existsSync(join(examples, file))).map(([file]) => `${file} is missing`),
    ...[...files]
      .filter(([file, text]) => existsSync(join(examples, file)) && readFileSync(join(examples, file), 'utf8') !== text)
      .map(([file]) => `${file} differs from what is generated`),
    ...present()
      .filter((file) => !files.has(file))
      .map((file) => `${file} is not generated any more`),
  ];
  for (const line of wrong) console.error(`examples/${line}`);
  if (wrong.length > 0) console.error('Write them anew: npx tsx scripts/examples.ts');
  return wrong.length === 0 ? 0 : 1;
}

function write(files: ReadonlyMap<string, string>): number {
  for (const folder of FOLDERS) rmSync(join(examples, folder), { recursive: true, force: true });
  for (const [file, text] of files) {
    mkdirSync(dirname(join(examples, file)), { recursive: true });
    writeFileSync(join(examples, file), text, { mode: file.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return 0;
}

process.exitCode = process.argv.includes('--check') ? check(generated()) : write(generated());
