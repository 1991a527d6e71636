import { HOME } from './home.ts';

/** Way to retry a failed attempt: with the same request, with a new identity token, or never. */
export type Retry = 'same' | 'new-token' | 'never';

/**
 * Failures by name. `cause` describes the event, `fix` the usual remedy, `retry` whether and how this program retries.
 * A report prints both texts only if nothing more specific is known. docs/troubleshooting.md has a section for each.
 */
export const FAILURES = {
  InvalidOptions: {
    cause: 'An option is missing, wrong, or contradicts another.',
    fix: 'Correct the options named above.',
    retry: 'never',
  },
  TokenUnavailable: {
    cause: 'The CI system gave this job no identity token.',
    fix: 'Switch on the identity token for this step or job.',
    retry: 'never',
  },
  TokenRequestRefused: {
    cause: 'The CI system refused to issue an identity token for this job.',
    fix: 'Run the job again with a new access token. If it fails again, check what this job may access in the CI system.',
    retry: 'never',
  },
  IdentityContradicted: {
    cause: 'A variable of the job contradicts the identity token, which the CI system signed. Nothing was sent to AWS.',
    fix: 'Find the step that sets the variable named above, and remove it: steps must not set variables of the CI system.',
    retry: 'never',
  },
  TokenMalformed: {
    cause: 'The value used as the identity token is not a JSON Web Token.',
    fix: 'Check that the variable holds the whole identity token, without quotes.',
    retry: 'never',
  },
  TokenExpired: {
    cause: 'The identity token expired more than 5 minutes ago. AWS refuses it.',
    fix: 'Assume the role earlier in the step. If the token is new, fix the clock of this machine.',
    retry: 'new-token',
  },
  SeveralAudiences: {
    cause: 'The identity token has several audiences and no authorized party (azp). AWS STS refuses such tokens.',
    fix: 'Remove `oidc: audiences:` from this step and from the global options, so that the token has one audience.',
    retry: 'never',
  },
  ProviderNotRegistered: {
    cause: "The role's account has no identity provider for the issuer of this token.",
    fix: "Create the identity provider in the role's account. Its URL is exactly the issuer of the token.",
    retry: 'never',
  },
  AudienceNotAccepted: {
    cause: 'The identity provider in IAM does not list the audience of this token.',
    fix: 'Add the audience of the token to the audiences (client IDs) of the identity provider.',
    retry: 'never',
  },
  IdentityTokenNotValidated: {
    cause:
      'AWS could not validate the token: the identity provider is missing or does not list the audience, or the signature is wrong.',
    fix: "Check in IAM that the identity provider exists in the role's account and lists the audience of the token.",
    retry: 'never',
  },
  ThumbprintMismatch: {
    cause: "The certificate of the token issuer's host does not match the thumbprints of the identity provider in IAM.",
    fix: 'Update the thumbprint of the identity provider in IAM.',
    retry: 'never',
  },
  AccessDenied: {
    cause:
      "AWS refused to let this job assume the role. Usually the role's trust policy doesn't match the token. AWS gives the same answer if the role doesn't exist.",
    fix: 'Check the name of the role, then compare its trust policy with the subject and audience below.',
    retry: 'never',
  },
  IdentityTokenRejected: {
    cause: 'AWS STS rejected the identity token.',
    fix: 'Use the identity token of this job exactly as the CI system issued it.',
    retry: 'never',
  },
  KeysUnreachable: {
    cause: 'AWS could not fetch the signing keys of the token issuer.',
    fix: 'Run the step again. If it fails again, look at the status page of the CI system.',
    retry: 'same',
  },
  SessionTooLong: {
    cause: 'The requested session is longer than the role allows.',
    fix: "Request a shorter session, or raise the role's maximum session duration. 3600 seconds always work.",
    retry: 'never',
  },
  SessionPolicyRejected: {
    cause: 'AWS STS rejected the session policy, or its size together with the session tags.',
    fix: 'Shorten the session policy, the list of managed policies or the session tags.',
    retry: 'never',
  },
  RegionDisabled: {
    cause: "AWS STS is not active in this region for the role's account.",
    fix: 'Use another region, or activate this one in IAM (Account settings, Security Token Service).',
    retry: 'never',
  },
  RequestRejected: {
    cause: 'AWS STS rejected the request.',
    fix: 'Correct the value that AWS names below.',
    retry: 'never',
  },
  Throttled: {
    cause: 'The service throttled every attempt: too many requests at once.',
    fix: 'Run the step again, with fewer jobs at the same time or a longer time limit.',
    retry: 'same',
  },
  Unreachable: {
    cause: 'The service could not be reached on any attempt.',
    fix: 'Check the network, the proxy and the firewall between this machine and the endpoint.',
    retry: 'same',
  },
  ProxyRefused: {
    cause: 'The proxy refused to connect to the service.',
    fix: 'Allow the endpoint in the proxy. If the proxy asks for a sign-in (HTTP 407), set HTTPS_PROXY to http://user:password@host:port, as a secured variable.',
    retry: 'never',
  },
  CertificateNotTrusted: {
    cause: 'The certificate of this connection is not trusted here. Nothing was sent.',
    fix: 'If a proxy inspects TLS, name the file of its CA certificate (PEM) in NODE_EXTRA_CA_CERTS. Otherwise treat the connection as intercepted.',
    retry: 'never',
  },
  UnexpectedAnswer: {
    cause: 'The answer did not come from the service. Often a proxy or a sign-in page answers instead.',
    fix: 'Look for a proxy, TLS inspection or a wrong endpoint between this machine and the service.',
    retry: 'never',
  },
  ServiceFault: {
    cause: 'The service reported an internal error on every attempt.',
    fix: 'Run the step again. If it fails again, look at the status page of the service.',
    retry: 'same',
  },
  TimedOut: {
    cause: 'The overall time limit passed.',
    fix: 'Check the network. Raise the time limit only if the service is slow.',
    retry: 'never',
  },
  Cancelled: {
    cause: 'The run was cancelled.',
    fix: 'Run the step again. Nothing was left behind.',
    retry: 'never',
  },
  AccountNotAllowed: {
    cause: 'The role is in an account that is not on the list of allowed accounts.',
    fix: 'Correct the role, or add its account to the list.',
    retry: 'never',
  },
  PolicyNotFetched: {
    cause: 'The AWS CLI could not read the trust policy of the role.',
    fix: 'Give the AWS CLI credentials that may call iam:GetRole on the role, or give the trust policy as a file.',
    retry: 'never',
  },
  CannotPublish: {
    cause: 'The credentials could not be handed to the later steps. None were published.',
    fix: 'Fix the problem named above and run the step again.',
    retry: 'never',
  },
  Internal: {
    cause: 'This is a bug in this program.',
    fix: `Report it with these lines: ${HOME}/issues`,
    retry: 'never',
  },
} as const satisfies Readonly<Record<string, { cause: string; fix: string; retry: Retry }>>;

export type FailureCode = keyof typeof FAILURES;

/** Role, and the name of its session, which a condition on `sts:RoleSessionName` sees. */
export interface RequestedSession {
  readonly roleArn: string;
  readonly sessionName: string;
}

/** Attempted action, for the first part of a report. */
export interface Attempted {
  /** `AssumeRoleWithWebIdentity`, `AssumeRole`, `token request`. */
  readonly action: string;
  /** Session that was requested from AWS STS. */
  readonly requested?: RequestedSession;
  readonly region?: string;
  readonly endpoint: string;
  readonly attempts: number;
  /** Reason for no further attempt, unless the answer was the reason. */
  readonly stopReason?: string;
}

/** Response of the service. It consists of text from outside. */
export interface Answer {
  /** The service's own error code, e.g. `InvalidIdentityToken`. */
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly message?: string;
  /** Header `Date` of an answer of AWS STS. */
  readonly date?: string;
}

/** Facts of the identity token that a report shows. They never contain the token. */
export interface TokenFacts {
  readonly issuer: string | undefined;
  readonly audiences: readonly string[];
  readonly subject: string | undefined;
  /** Claim `azp`, which AWS matches instead of the audience. */
  readonly authorizedParty: string | undefined;
  /** `issued 10 s ago, expires in 60 min` */
  readonly age: string;
}

/** Details of a failure in addition to its code. */
export interface Advice {
  /** Most specific known cause, one sentence. Replaces the catalogue's. */
  readonly cause?: string;
  /** Changes that fix it, the most specific first. Replace the catalogue's. A change may span lines. */
  readonly changes?: readonly string[];
  /** Further facts for the details. */
  readonly notes?: readonly string[];
  /** Texts to copy that may admit more than the role intends. Printed only if the user asks for details. */
  readonly onRequest?: readonly string[];
}

export interface FailureDetails extends Advice {
  readonly attempted?: Attempted;
  readonly answer?: Answer;
  readonly token?: TokenFacts;
  /** Problems of options, in the CI system's spelling. */
  readonly problems?: readonly OptionProblem[];
}

/** Problem of an option. */
export interface OptionProblem {
  readonly option: string;
  /** Continues the name of the option: `is "x", not …`. */
  readonly message: string;
  /** Full sentences with the fix, if the message does not contain it. */
  readonly fix?: string;
}

/** Failure of the catalogue. Its message never contains a secret; parts of it may come from outside. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }

  /** Returns the same failure with more details. */
  with(details: FailureDetails): Failure {
    return new Failure(this.code, this.message, { ...this.details, ...details }, { cause: this.cause });
  }

  /** Returns any error as a failure. An error outside the catalogue is a bug of this tool. */
  static from(error: unknown): Failure {
    if (error instanceof Failure) return error;
    return new Failure(
      'Internal',
      error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      {},
      { cause: error },
    );
  }
}
