/** Drawings of the setup screens, because there is no live organization to photograph. Labels of this project come from its manifests. */
import { box, COLOURS, type Drawing, drawing, note, text } from './svg.ts';

export interface TaskInput {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly required?: boolean;
  readonly defaultValue?: string;
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Task {
  readonly friendlyName: string;
  readonly inputs: readonly TaskInput[];
  readonly groups: readonly { readonly name: string; readonly displayName: string }[];
}

export interface ConnectionType {
  readonly displayName: string;
  readonly inputDescriptors: readonly { readonly id: string; readonly name: string }[];
}

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const FIELD = { height: 30, gap: 66 } as const;

/** Returns a labelled field with a value in it. */
function field(place: { x: number; y: number; width: number }, label: string, value: string): string {
  const { x, y, width } = place;
  return [
    text(x, y, label, { size: 13, bold: true }),
    box({ x, y: y + 8, width, height: FIELD.height }),
    text(x + 10, y + 28, value, { size: value.length * 8 > width - 20 ? 11.5 : 13, mono: true }),
  ].join('');
}

/** Returns *Repository settings › OpenID Connect* of Bitbucket. */
export function bitbucketOpenIdConnect(): string {
  const menu = ['Deployments', 'Repository variables', 'OpenID Connect', 'SSH keys'];
  const main = { x: 210, width: 560 };
  const parts = [
    `<rect x="1" y="1" width="184" height="438" rx="8" fill="${COLOURS.shade}"/>`,
    text(20, 36, 'Repository settings', { bold: true }),
    text(20, 70, 'PIPELINES', { size: 11, colour: COLOURS.faint }),
    ...menu.map((item, index) => {
      const isOpen = item === 'OpenID Connect';
      const y = 96 + index * 30;
      const mark = isOpen ? `<rect x="10" y="${y - 19}" width="166" height="28" rx="4" fill="${COLOURS.line}"/>` : '';
      return `${mark}${text(20, y, item, { bold: isOpen })}`;
    }),
    text(main.x, 40, 'OpenID Connect', { size: 20, bold: true }),
    field(
      { ...main, y: 76 },
      'Identity provider URL',
      'https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc',
    ),
    field({ ...main, y: 142 }, 'Audience', 'ari:cloud:bitbucket::workspace/11111111-2222-3333-4444-555555555555'),
    text(main.x, 214, 'Unique identifiers', { size: 16, bold: true }),
    field({ x: main.x, width: 360, y: 244 }, 'Repository UUID', '{66666666-7777-8888-9999-000000000000}'),
    field(
      { x: main.x, width: 360, y: 310 },
      'Deployment environment: production',
      '{3c2b1a09-8f7e-4d6c-9b5a-493827160544}',
    ),
    field(
      { x: main.x, width: 360, y: 376 },
      'Deployment environment: staging',
      '{7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d}',
    ),
    note({ x: 800, y: 96 }, 772, ['WORKSPACE', 'The name after /workspaces/,', 'here acme']),
    note({ x: 800, y: 170 }, 772, ['WORKSPACE_UUID', 'The end, without braces']),
    note({ x: 600, y: 272 }, 572, ['REPOSITORY_UUID', 'The braces belong to it']),
    note({ x: 600, y: 338 }, 572, ['For a role of one environment', '{repository}:{environment}:*']),
  ];
  return drawing({ title: 'The page OpenID Connect of a Bitbucket repository', width: 1010, height: 440, parts });
}

/** Returns the form of a new service connection of the extension's type. */
export function azureServiceConnection(type: ConnectionType): string {
  const values: Readonly<Record<string, string>> = { roleArn: ROLE, region: 'eu-west-1' };
  const place = { x: 30, width: 460 };
  const details = type.inputDescriptors.map(({ id, name }, index) =>
    field({ ...place, y: 100 + index * FIELD.gap }, `${name} (optional)`, values[id] ?? ''),
  );
  const below = 100 + details.length * FIELD.gap;
  const parts = [
    text(30, 42, `New ${type.displayName} service connection`, { size: 20, bold: true }),
    text(30, 72, 'Details', { size: 16, bold: true }),
    ...details,
    field({ ...place, y: below }, 'Service connection name', 'aws-deploy'),
    text(30, below + 72, 'Security', { size: 16, bold: true }),
    box({ x: 30, y: below + 86, width: 18, height: 18 }),
    text(58, below + 100, 'Grant access permission to all pipelines'),
    `<rect x="402" y="${below + 128}" width="88" height="34" rx="4" fill="${COLOURS.brand}"/>`,
    text(446, below + 150, 'Save', { colour: '#ffffff', bold: true, anchor: 'middle' }),
    note({ x: 530, y: 126 }, 492, [
      'All four are optional',
      'What the task leaves empty',
      'comes from here. No secret.',
    ]),
    note({ x: 530, y: below + 26 }, 492, [
      'The name counts',
      'It is the end of the subject',
      'sc://organization/project/aws-deploy',
    ]),
    note({ x: 530, y: below + 100 }, 360, [
      'Leave it unticked',
      'Otherwise every pipeline of the',
      'project may assume the role',
    ]),
  ];
  return drawing({ title: 'The form of a new service connection', width: 800, height: below + 190, parts });
}

/** Values in the drawing of the editor. */
const EDITED: Readonly<Record<string, string>> = {
  serviceConnection: 'aws-deploy',
  roleArn: ROLE,
  region: 'eu-west-1',
};

/** Whether an input is shown with the values of the drawing. The rules of task.json compare an input with one value. */
function isShown({ groupName, visibleRule = '' }: TaskInput, inputs: readonly TaskInput[]): boolean {
  if (groupName !== undefined) return false;
  if (visibleRule === '') return true;
  return visibleRule.split('||').some((rule) => {
    const [name = '', operator = '', value = ''] = rule.trim().split(/\s+/);
    const actual = EDITED[name] ?? inputs.find((input) => input.name === name)?.defaultValue ?? '';
    return (operator === '=' || operator === '==') === (actual === value.replaceAll('"', ''));
  });
}

/** Returns the classic editor's form of the task, with its groups closed. */
export function taskEditor(task: Task): string {
  const visible = task.inputs.filter((input) => isShown(input, task.inputs));
  const rows = visible.map(({ name, label, options, defaultValue = '', required = false, type }, index) => {
    const y = 100 + index * FIELD.gap;
    const value = EDITED[name] ?? options?.[defaultValue] ?? defaultValue;
    const isChosen = /^(pickList|connectedService)/.test(type);
    const arrow = isChosen ? text(472, y + 28, '▾', { anchor: 'end' }) : '';
    return field({ x: 30, y, width: 460 }, `${label}${required ? ' *' : ''}`, value) + arrow;
  });
  const below = 100 + rows.length * FIELD.gap;
  const groups = task.groups.map(({ displayName }, index) =>
    text(30, below + 10 + index * 32, `▸  ${displayName}`, { size: 15, bold: true }),
  );
  const parts: Drawing['parts'] = [
    text(30, 42, task.friendlyName, { size: 20, bold: true }),
    text(30, 66, 'Task version  1.*', { size: 13, colour: COLOURS.faint }),
    ...rows,
    ...groups,
    note({ x: 530, y: 126 }, 492, ['Chosen from the list', 'Its name decides who may', 'assume the role']),
    note({ x: 530, y: 126 + FIELD.gap }, 492, ['May be empty', 'if the connection has it']),
    note({ x: 530, y: below + 6 }, 300, ['Closed groups', 'No job needs them at first']),
  ];
  return drawing({
    title: 'The task in the editor of Azure Pipelines',
    width: 800,
    height: below + 40 + groups.length * 32,
    parts,
  });
}
