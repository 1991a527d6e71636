/** Azure DevOps: pipelines and AWS service connections. */
import { literalPattern, matchesPattern, wildcardPattern } from '../policy/glob.ts';
import { capture } from '../text/capture.ts';
import { pairs } from '../text/pairs.ts';
import { bareUuid, UUID } from '../text/uuid.ts';
import type {
  CiSystem,
  Flaw,
  IssuerParts,
  JobChange,
  JobForms,
  SubjectComparison,
  SubjectDifference,
  SubjectFlaw,
  SubjectRule,
  SystemFacts,
} from './ci-system.ts';
import { LOOPBACK } from './loopback.ts';
import { exactSubjects } from './subject-condition.ts';
import { admitsText } from './subject-levels.ts';

const AUDIENCE = 'api://AzureADTokenExchange';

export const facts: SystemFacts<'azure-devops'> = {
  provider: {
    id: 'azure-devops',
    name: 'Azure DevOps',
    issuerForms: [
      'https://vstoken.dev.azure.com/<organization id>',
      'https://login.microsoftonline.com/<tenant id>/v2.0',
    ],
    subjectForms: [
      'sc://<organization>/<project>/<service connection>',
      'p://<organization>/<project>/<pipeline>',
      '/eid1/c/pub/t/<tenant>/a/<application>/sc/<organization id>/<service connection id>',
    ],
    audience: AUDIENCE,
    conditionClaims: [],
    sharedIssuer: false,
  },
  issuers: [
    new RegExp(`^(?:vstoken\\.dev\\.azure\\.com|${LOOPBACK}/vstoken)/(?<organizationId>${UUID})$`),
    new RegExp(`^login\\.microsoftonline\\.com/(?<tenantId>${UUID})/v2\\.0$`),
  ],
};

/** An Azure DevOps service connection, or a pipeline that uses none: exactly one of the two. */
export type AzureDevOpsScope = {
  readonly provider: 'azure-devops';
  /** Id (GUID) of the organization: the issuer contains it, not the name. */
  readonly organizationId: string;
  /** Name of the organization: the subject contains it, not the id. */
  readonly organization: string;
  readonly project: string;
} & (
  | { readonly serviceConnection: string; readonly pipeline?: undefined }
  | { readonly pipeline: string; readonly serviceConnection?: undefined }
);

const ORGANIZATION = {
  form: /* @__PURE__ */ new RegExp(`^(?!${UUID}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$`),
  is: "the organization's name, as in its URL",
};

/** Characters that Azure DevOps refuses in a project's name. */
const PROJECT = {
  form: /* @__PURE__ */ new RegExp(String.raw`^(?!${UUID}$)(?![_.])[^/:\\~&%;@'"?<>|#$*}{,+=[\]]+(?<!\.)$`),
  is: "the project's name, not its id or URL",
};

export const jobs: JobForms<AzureSubject> = {
  parseSubject,
  scopeFields: ['organizationId', 'organization', 'project', 'serviceConnection', 'pipeline'],
  planTrust(fields) {
    const kind = fields.exactlyOne(['serviceConnection', 'pipeline']);
    const organization = fields.formedName('organization', ORGANIZATION);
    const project = fields.formedName('project', PROJECT);
    const scheme = kind === 'pipeline' ? 'p' : 'sc';
    const target = fields.name(kind);
    if (bareUuid(target) !== undefined) fields.problem(kind, 'is an id, and the subject has the name: give that');
    return {
      issuer: `https://vstoken.dev.azure.com/${fields.uuid('organizationId')}`,
      audience: AUDIENCE,
      subject: exactSubjects(`${scheme}://${organization}/${project}/${target}`),
      notes: [
        'Names are compared letter by letter: renaming the organization, the project or the connection or pipeline changes the subject.',
        kind === 'pipeline'
          ? 'Without a service connection there are no approvals and checks between the pipeline and the role.'
          : 'Anyone who may use this service connection may assume the role; limit it with pipeline permissions, approvals and checks.',
      ],
    };
  },
};

/** An Azure DevOps job that uses a service connection. Names are literal: case and spaces are significant. */
export interface AzureServiceConnectionSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'service-connection';
  readonly organization: string;
  readonly project: string;
  readonly serviceConnection: string;
}

/** An Azure DevOps job without a service connection. */
export interface AzurePipelineSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'pipeline';
  readonly organization: string;
  readonly project: string;
  readonly pipeline: string;
}

/** A service connection on the Microsoft Entra issuer. */
export interface AzureEntraSubject {
  readonly provider: 'azure-devops';
  readonly kind: 'entra-service-connection';
  /** Everything before `/sc/`, e.g. `/eid1/c/pub/t/<tenant>/a/<application>`. */
  readonly prefix: string;
  readonly organizationId: string;
  readonly serviceConnectionId: string;
}

type AzureSubject = AzureServiceConnectionSubject | AzurePipelineSubject | AzureEntraSubject;

/** Causes of a refusal that only Azure DevOps has, each with one sentence for the documentation. */
export const causes = {
  'azure-three-slashes': 'The subject has three slashes after `sc:` or `p:`.',
  'azure-subject-form': 'The subject has none of the forms the issuer uses.',
  'connection-mismatch':
    "The policy wants a service connection (`sc://`) and the token is a pipeline's (`p://`), or the other way round.",
} as const;

type Cause = keyof typeof causes;

const RULES: readonly SubjectRule[] = [
  {
    id: 'azure-three-slashes',
    about: 'An Azure DevOps subject has three slashes after `sc:` or `p:`; the token has two.',
  },
  { id: 'azure-subject-form', about: 'An Azure DevOps subject has none of the forms its issuer uses.' },
];

export const system: CiSystem<Cause> = {
  // The last part is the name of one connection or pipeline, so a wildcard always admits neighbours.
  namesScope: (pattern, _, { tenantId }) => tenantId !== undefined && new RegExp(`/sc/${UUID}/${UUID}$`).test(pattern),
  unrelatedSubjects: [
    ['sc://acme/shop/aws', 'sc://Contoso 2/Web Site/deploy_prod'],
    ['p://acme/shop/site', 'p://Contoso 2/Web Site/build_prod'],
  ],
  issuerFlaw,
  canHaveAudience: (expected, { wildcards, issuer }) =>
    // Tokens on the Microsoft Entra issuer have an authorized party, and which id AWS compares is not documented.
    issuer.tenantId !== undefined ||
    matchesPattern(wildcards ? wildcardPattern(expected) : literalPattern(expected), AUDIENCE),
  subjectFlaw,
  subjectRules: RULES,
  compareSubjects,
  fixedAudience: ({ tenantId }) => (tenantId === undefined ? AUDIENCE : undefined),
  canHoldWildcard: (subject) => parseSubject(subject) !== undefined,
  narrowerJob: (sub) =>
    parseSubject(sub)?.kind === 'pipeline'
      ? {
          lacks: 'This job uses no service connection.',
          fix: "If the role trusts one (sc://…), set it: serviceConnection of the task, or --service-connection-id GUID on the command line. Don't admit the pipeline instead: no approvals and checks protect it.",
        }
      : undefined,
  renamable: 'organization, project, or service connection',
  claimNotOfferedFix: () =>
    'Express the limit in the condition on ":sub", then remove this one. Branches can be limited with checks on the service connection.',
};

function issuerFlaw(path: string, parts: IssuerParts | undefined): Flaw | undefined {
  if (parts !== undefined || !path.startsWith('vstoken.dev.azure.com')) return undefined;
  return {
    message: `"${path}" is not the issuer of an Azure DevOps organization; that ends in the organization's id (a GUID), not its name`,
    fix: 'Write vstoken.dev.azure.com/<organization id>. The id is "instanceId" in https://dev.azure.com/<organization>/_apis/connectionData.',
  };
}

const NAMED_SUBJECT = /^(sc|p):\/\/([^/]+)\/([^/]+)\/(.+)$/s;
const ENTRA_SUBJECT = /* @__PURE__ */ new RegExp(`^(/eid1/.+)/sc/(${UUID})/(${UUID})$`);

/** Parses a token's subject, or one that a policy expects. */
function parseSubject(sub: string): AzureSubject | undefined {
  const entra = capture(ENTRA_SUBJECT, sub);
  if (entra !== undefined) {
    return {
      provider: 'azure-devops',
      kind: 'entra-service-connection',
      prefix: entra(1),
      organizationId: entra(2),
      serviceConnectionId: entra(3),
    };
  }
  const group = capture(NAMED_SUBJECT, sub);
  if (group === undefined) return undefined;
  const scope = { provider: 'azure-devops', organization: group(2), project: group(3) } as const;
  return group(1) === 'sc'
    ? { ...scope, kind: 'service-connection', serviceConnection: group(4) }
    : { ...scope, kind: 'pipeline', pipeline: group(4) };
}

/** Whether a subject has all three parts, or a wildcard that may stand for the missing ones. */
function hasNamedForm(expected: string): boolean {
  return (
    /^(?:sc|p):\/\/[^/]+\/[^/]+\/./.test(expected) ||
    (/[*?]/.test(expected) && canBeginWith(['sc://', 'p://'], expected))
  );
}

/** Whether the text before the first wildcard fits one of the beginnings. */
function canBeginWith(beginnings: readonly string[], expected: string): boolean {
  const [literal = ''] = expected.split(/[*?]/, 1);
  const isWhole = literal === expected;
  return beginnings.some((beginning) => literal.startsWith(beginning) || (!isWhole && beginning.startsWith(literal)));
}

function subjectFlaw(expected: string, { tenantId }: IssuerParts): SubjectFlaw<Cause> | undefined {
  const scheme = capture(/^(sc|p):\/\/\//, expected)?.(1);
  if (scheme !== undefined) {
    return {
      id: 'azure-three-slashes',
      message: `"${expected}" has three slashes after "${scheme}:"; the token has two, followed by the organization's name`,
      fix: `Write "${scheme}://<organization>/<project>/<${scheme === 'sc' ? 'service connection' : 'pipeline'}>".`,
    };
  }
  const isEntra = tenantId !== undefined;
  if (isEntra ? canBeginWith(['/eid1/'], expected) : hasNamedForm(expected)) return undefined;
  const forms = isEntra
    ? '/eid1/…/sc/<organization id>/<service connection id>'
    : 'sc://<organization>/<project>/<service connection> or p://<organization>/<project>/<pipeline>';
  return {
    id: 'azure-subject-form',
    message: `"${expected}" is not a subject of this issuer; its tokens have ${forms}`,
    fix: `Write ${forms}, letter by letter as in the token.`,
  };
}

function compareSubjects({ expected, sub, wildcards }: SubjectComparison): SubjectDifference<Cause> | undefined {
  const observed = parseSubject(sub);
  if (observed === undefined) return undefined;
  // A surplus slash is a separate flaw. It matters only for the token's own connection or pipeline.
  const isFlawed = /^(?:sc|p):\/{3}/.test(expected);
  const expectedSubject = parseSubject(expected.replace(/^(sc|p):\/{3,}/, '$1://'));
  if (expectedSubject === undefined) return compareSchemes(expected, observed);
  if (expectedSubject.kind === 'service-connection' && observed.kind === 'pipeline') {
    return usesNoConnection(
      `the service connection "${expectedSubject.serviceConnection}"`,
      ` to "${expectedSubject.serviceConnection}"`,
    );
  }
  if (expectedSubject.kind === 'pipeline' && observed.kind === 'service-connection') {
    return usesConnection(`the pipeline "${expectedSubject.pipeline}"`, observed.serviceConnection);
  }
  if (expectedSubject.kind !== observed.kind) return undefined;
  const parts = differingParts(expectedSubject, observed, wildcards);
  if (isFlawed && parts.length === 0) return undefined;
  const detail = `: the ${parts.join(' and the ')} ${parts.length === 1 ? 'differs' : 'differ'}.`;
  const [first] = parts;
  return parts.length === 1 && first === 'service connection' && expectedSubject.kind === 'service-connection'
    ? { cause: 'other-subject', detail, jobChange: useConnection(expectedSubject.serviceConnection, observed) }
    : { cause: 'other-subject', detail };
}

/** Compares a pattern that ends before the connection or pipeline, e.g. `p://acme/*`, by its scheme only. */
function compareSchemes(expected: string, observed: AzureSubject): SubjectDifference<Cause> | undefined {
  if (/^sc:\/\/[^/]/.test(expected) && observed.kind === 'pipeline')
    return usesNoConnection('a service connection', '');
  if (/^p:\/\/[^/]/.test(expected) && observed.kind === 'service-connection') {
    return usesConnection('a pipeline', observed.serviceConnection);
  }
  return undefined;
}

function usesNoConnection(expected: string, target: string): SubjectDifference<Cause> {
  return {
    cause: 'connection-mismatch',
    detail: `. The policy wants ${expected}, but the job uses none, so its token names the pipeline.`,
    jobChange: {
      fix: `Set the task's service connection${target}.`,
      alternative: 'admit the pipeline without one',
    },
  };
}

function usesConnection(expected: string, connection: string): SubjectDifference<Cause> {
  return {
    cause: 'connection-mismatch',
    detail: `. The policy wants ${expected}, but the job uses the service connection "${connection}", so its token names that.`,
    jobChange: { fix: 'Remove the service connection from the task.', alternative: 'admit the service connection' },
  };
}

function useConnection(expected: string, observed: AzureSubject): JobChange {
  const usedConnection = observed.kind === 'service-connection' ? observed.serviceConnection : '';
  return {
    fix: `Use the service connection "${expected}" in the task. If it was renamed to "${usedConnection}", write the new name in the policy.`,
    alternative: `admit the service connection "${usedConnection}" as well, whose approvals and checks are its own`,
  };
}

/** Names the parts of two subjects of the same kind that do not match. */
function differingParts(expected: AzureSubject, observed: AzureSubject, wildcards: boolean): string[] {
  return pairs(Object.entries(expected), Object.entries(observed))
    .filter(([[, pattern], [, value]]) => !admitsText(pattern, value, wildcards))
    .map(([[name]]) => name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`));
}
