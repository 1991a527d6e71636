import type { Clock } from '../clock.ts';
import type { Incoming } from '../http/incoming.ts';
import type { Reply } from '../http/reply.ts';
import type { Issuance, Issuer } from '../issuers/issuer.ts';
import type { IssuerSettings } from '../issuers/issuer-settings.ts';
import type { JsonObject } from '../json.ts';
import type { SecretKind } from '../secret-ledger.ts';

/** Names of token endpoints in fault rules and the request list. */
export const TOKEN_ENDPOINTS = ['azure-token', 'github-token'] as const;

/** A CI system as the emulator plays it, with its settings. A new system is a file with one of these and a row in index.ts. */
export interface CiSystem {
  readonly settings: IssuerSettings;
  readonly claimsSupported: readonly string[];
  /** The real issuer's name. */
  readonly publicIssuer: string;
  /** Percent-encoded paths of the issuer and of its key set. */
  readonly paths: { readonly issuer: string; readonly keys: string };
  /** Condition values of the default role's trust in this system. No subjects: the role does not trust it. */
  readonly trust: { readonly audience: string; readonly subjects: readonly string[] };
  /**
   * Claims of a token by `POST mint`.
   * @param options members of the request; those of other systems are ignored
   * @throws ShapeError
   */
  claims(issuance: Issuance, options: JsonObject): JsonObject;
  readonly tokenEndpoint?: TokenEndpoint;
}

/** A system whose jobs request their tokens. */
export interface RequestingCiSystem extends CiSystem {
  readonly tokenEndpoint: TokenEndpoint;
}

/** The endpoint where a job exchanges its credential for an identity token. */
export interface TokenEndpoint {
  readonly name: (typeof TOKEN_ENDPOINTS)[number];
  readonly credentialKind: SecretKind;
  /** Percent-encoded path of the running job's endpoint. */
  readonly path: string;
  /** Whether the endpoint answers at this path, even if the path names another job. */
  answersAt(path: string): boolean;
  answer(request: Incoming, parts: TokenParts): Promise<Reply>;
}

export interface TokenParts {
  readonly issuer: Issuer;
  /** Credential that a request must carry. */
  readonly credential: string;
  readonly clock: Clock;
}
