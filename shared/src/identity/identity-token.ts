import { inspect } from 'node:util';
import { Failure } from '../core/failure.ts';
import { count } from '../core/text.ts';

/**
 * OIDC token of the CI job: a JWT signed by the CI system, to be exchanged at AWS STS. It is decoded only for claims:
 * for the session name, early warnings and explanations. AWS verifies the signature; this program does not, so the
 * claims prove nothing here.
 */
export class IdentityToken {
  readonly #jwt: string;
  readonly claims: Readonly<Record<string, unknown>>;

  private constructor(jwt: string, claims: Readonly<Record<string, unknown>>) {
    this.#jwt = jwt;
    this.claims = claims;
  }

  /** @throws Failure `TokenMalformed` unless it has three base64url parts with a JSON object in the middle */
  static parse(text: string): IdentityToken {
    const jwt = text.trim();
    const parts = jwt.split('.');
    const malformed = (reason: string) =>
      new Failure('TokenMalformed', `The identity token is not a JSON Web Token: ${reason}.`);
    if (jwt === '') throw malformed('it is empty');
    if (parts.length !== 3) throw malformed(`it has ${count(parts.length, 'part')} between dots instead of 3`);
    // STS accepts 4 to 20000 characters (API reference, AssumeRoleWithWebIdentity).
    if (jwt.length > 20_000) throw malformed(`it has ${jwt.length} characters, AWS STS takes at most 20000`);
    if (!parts.every((part) => /^[\w-]+$/.test(part))) throw malformed('a part is empty or not base64url');
    const [, payload] = parts as [string, string, string];
    let claims: unknown;
    try {
      claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    } catch {
      throw malformed('its claims are not JSON');
    }
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
      throw malformed('its claims are not a JSON object');
    }
    return new IdentityToken(jwt, claims as Record<string, unknown>);
  }

  reveal(): string {
    return this.#jwt;
  }

  get issuer(): string | undefined {
    return stringClaim(this.claims['iss']);
  }

  get subject(): string | undefined {
    return stringClaim(this.claims['sub']);
  }

  /** Audiences of the claim, which may be a string or a list of strings. */
  get audiences(): readonly string[] {
    const aud = this.claims['aud'];
    if (typeof aud === 'string') return [aud];
    return Array.isArray(aud) ? aud.filter((item): item is string => typeof item === 'string') : [];
  }

  /** Claim `azp`. If present, AWS matches it instead of the audience. */
  get authorizedParty(): string | undefined {
    return stringClaim(this.claims['azp']);
  }

  get issuedAt(): Date | undefined {
    return dateClaim(this.claims['iat']);
  }

  get expiresAt(): Date | undefined {
    return dateClaim(this.claims['exp']);
  }

  toString(): string {
    return '[identity token]';
  }

  toJSON(): string {
    return '[identity token]';
  }

  [inspect.custom](): string {
    return '[identity token]';
  }
}

function stringClaim(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Date of a claim in seconds since 1970: a number, or a string of digits, which AWS also accepts. */
function dateClaim(value: unknown): Date | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number') return undefined;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
