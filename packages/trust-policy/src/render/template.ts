import { provider } from '../ci-systems/issuer.ts';
import { ScopeError, type ScopeProblem } from '../ci-systems/scope-error.ts';
import type { GeneratedTrust } from '../generate/generate.ts';
import { type Permission, type PermissionPolicy, permissionPolicy } from '../generate/permissions.ts';
import { type ProviderArn, parseProviderArn } from '../policy/arn.ts';

/** Contents of a template: an identity provider, a role that trusts it, and the role's permissions. */
export interface TemplateRequest {
  readonly trust: GeneratedTrust;
  /** Default `ci-deploy`. */
  readonly roleName?: string;
  /** Seconds, 3600 to 43200 (IAM CreateRole). Default 3600. */
  readonly maxSessionDuration?: number;
  /** Default: none. */
  readonly permissions?: readonly Permission[];
  /** An account has one identity provider per issuer. `existing` leaves it out of the template. Default `create`. */
  readonly identityProvider?: 'create' | 'existing';
}

/** A checked request with its defaults. */
export interface Template {
  readonly trust: GeneratedTrust;
  readonly roleName: string;
  readonly description: string;
  readonly maxSessionDuration: number;
  readonly permissions: PermissionPolicy | undefined;
  /** The permissions as the request has them. */
  readonly presets: readonly Permission[];
  readonly createProvider: boolean;
}

const NO_TEMPLATE = 'No template can be written';

/** @throws ScopeError naming every field that is wrong. */
export function template(request: TemplateRequest): Template {
  const { trust, roleName = 'ci-deploy', maxSessionDuration = 3600, permissions = [] } = request;
  const problems: ScopeProblem[] = [];
  // IAM API reference, CreateRole: RoleName and MaxSessionDuration.
  if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) {
    problems.push({ field: 'roleName', reason: 'must be 1 to 64 letters, digits or any of _+=,.@-' });
  }
  if (!Number.isInteger(maxSessionDuration) || maxSessionDuration < 3600 || maxSessionDuration > 43_200) {
    problems.push({ field: 'maxSessionDuration', reason: 'must be a whole number of seconds from 3600 to 43200' });
  }
  if (problems.length > 0) throw new ScopeError(NO_TEMPLATE, problems);
  const system = provider(trust.provider).name;
  return {
    trust,
    roleName,
    description: `Assumed by ${system} through OpenID Connect`,
    maxSessionDuration,
    presets: permissions,
    permissions: permissions.length === 0 ? undefined : permissionPolicy(permissions, placeOf(trust)),
    createProvider: request.identityProvider !== 'existing',
  };
}

/** Returns account and partition of the provider, which are also the role's. */
function placeOf({ providerArn }: GeneratedTrust): ProviderArn {
  const place = parseProviderArn(providerArn);
  if (place !== undefined) return place;
  throw new ScopeError(NO_TEMPLATE, [{ field: 'trust.providerArn', reason: "must be an identity provider's ARN" }]);
}
