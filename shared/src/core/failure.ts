/** How a failed attempt is retried: with the same request, with a new identity token, or never. */
export type Retry = 'same' | 'new-token' | 'never';

/**
 * Failures by name: `when` says what happened, `hint` what usually fixes it, `retry` whether and how this program
 * retries by itself. docs/troubleshooting.md has a section for each.
 */
export const FAILURES = {
  InvalidOptions: {
    when: 'An option is missing, wrong, or contradicts another. Nothing was sent anywhere.',
    hint: 'Correct the options named above; all wrong ones are listed at once.',
    retry: 'never',
  },
  TokenUnavailable: {
    when: 'The CI system gave this job no identity token.',
    hint: 'Switch the identity token on for this step or job.',
    retry: 'never',
  },
  TokenRequestRefused: {
    when: 'The CI system was requested for an identity token and refused.',
    hint: 'Read the answer above: it names what the job may not do.',
    retry: 'never',
  },
  IdentityContradicted: {
    when: 'A variable of the job and the identity token, which the CI system signed, contradict each other. Nothing was sent to AWS.',
    hint: 'Find the step that changes the variable named above: steps must not set variables of the CI system.',
    retry: 'never',
  },
  TokenMalformed: {
    when: 'What was given as the identity token is not a JSON Web Token.',
    hint: 'Check that the variable holds the identity token itself, whole and unquoted.',
    retry: 'never',
  },
  TokenExpired: {
    when: 'The identity token is older than AWS accepts (5 minutes past its expiry).',
    hint: 'Assume the role earlier in the step; if the token is new, check the clock of the machine.',
    retry: 'new-token',
  },
  SeveralAudiences: {
    when: 'The identity token names several audiences and no authorized party; AWS STS refuses such tokens.',
    hint: 'Let the token have one audience: remove `oidc: audiences:` from the step and from the global options.',
    retry: 'never',
  },
  ProviderNotRegistered: {
    when: "The role's account has no identity provider for the issuer of the token.",
    hint: 'Create the identity provider in the account of the role, with exactly the issuer of the token as its URL.',
    retry: 'never',
  },
  AudienceNotAccepted: {
    when: 'The identity provider in IAM does not list the audience of the token.',
    hint: 'Add the audience of the token to the audiences (client IDs) of the identity provider.',
    retry: 'never',
  },
  IdentityTokenNotValidated: {
    when: 'AWS STS could not validate the identity token: the identity provider is missing, does not list the audience of the token, or the signature is wrong.',
    hint: 'Check in IAM that the identity provider exists in the account of the role and lists the audience of the token.',
    retry: 'never',
  },
  ThumbprintMismatch: {
    when: "AWS did not accept the certificate of the token issuer's host: the identity provider in IAM has another thumbprint.",
    hint: 'Update the thumbprint of the identity provider in IAM.',
    retry: 'never',
  },
  AccessDenied: {
    when: 'AWS did not let the role be assumed. Most often its trust policy does not admit the token, or in a chain the role before it; a role that does not exist gives the same answer.',
    hint: 'Compare the trust policy of the role with the token; a change in IAM takes some seconds to work.',
    retry: 'never',
  },
  IdentityTokenRejected: {
    when: 'AWS STS did not accept the identity token.',
    hint: 'Read the answer above; the claims of the token are printed below it.',
    retry: 'never',
  },
  KeysUnreachable: {
    when: 'AWS could not fetch the keys of the token issuer, and not on repeated attempts either.',
    hint: 'Run the step again; if it persists, look at the status page of the CI system.',
    retry: 'same',
  },
  SessionTooLong: {
    when: 'The role does not allow sessions as long as requested for.',
    hint: "Ask for less, or raise the role's maximum session duration; 3600 s always fits, and is the limit for chained roles.",
    retry: 'never',
  },
  SessionPolicyRejected: {
    when: 'AWS STS did not accept the session policy, or not together with the session tags.',
    hint: 'Check the policy document and the managed policy ARNs; together they may have 2048 characters. With the session tags they must pack into the limit AWS names: fewer or shorter tags help as well.',
    retry: 'never',
  },
  RegionDisabled: {
    when: 'AWS STS is not active in that region for the account of the role.',
    hint: 'Activate the region for the account in IAM (account settings, STS), or use another region.',
    retry: 'never',
  },
  RequestRejected: {
    when: 'AWS STS did not accept the request.',
    hint: 'Read the answer above: it names the value that is wrong.',
    retry: 'never',
  },
  Throttled: {
    when: 'Too many requests at once; the service kept refusing on repeated attempts.',
    hint: 'Run the step again, with fewer jobs at the same time or a longer timeout.',
    retry: 'same',
  },
  Unreachable: {
    when: 'The service could not be reached, or broke the connection, on every attempt.',
    hint: 'Check network, proxy and firewall between this machine and the endpoint named above.',
    retry: 'same',
  },
  ProxyRefused: {
    when: 'The proxy would not connect to the service.',
    hint: 'Have the proxy allow the endpoint named above; where it asks for a user (HTTP 407), write http://user:password@host:port into HTTPS_PROXY, as a secured variable.',
    retry: 'never',
  },
  CertificateNotTrusted: {
    when: 'The certificate that came with the connection is not trusted here. Nothing was sent.',
    hint: 'Where a proxy inspects TLS, give its CA certificate (PEM) in NODE_EXTRA_CA_CERTS; else somebody stands between this machine and the service.',
    retry: 'never',
  },
  UnexpectedAnswer: {
    when: 'Something other than the service answered, often a proxy or a sign-in page.',
    hint: 'Look for a proxy, TLS inspection or a wrong endpoint between this machine and the service.',
    retry: 'never',
  },
  ServiceFault: {
    when: 'The service reported a fault of its own on every attempt.',
    hint: 'Run the step again; if it persists, look at the status page of the service.',
    retry: 'same',
  },
  TimedOut: {
    when: 'The overall time limit passed.',
    hint: 'Check the network; a longer limit helps only where the service is slow, not where it is out of reach.',
    retry: 'never',
  },
  Cancelled: {
    when: 'The run was cancelled.',
    hint: 'Nothing to change; nothing was left behind.',
    retry: 'never',
  },
  AccountNotAllowed: {
    when: 'The role lies in an account that is not on the list of allowed accounts.',
    hint: 'Correct the role, or add its account to the list.',
    retry: 'never',
  },
  CannotPublish: {
    when: 'The role was assumed, but the credentials could not be handed to the later steps. None were.',
    hint: 'Mend what is named above and run the step again.',
    retry: 'never',
  },
  Internal: {
    when: 'A fault of this program.',
    hint: 'Please report it, with the lines above.',
    retry: 'never',
  },
} as const satisfies Readonly<Record<string, { when: string; hint: string; retry: Retry }>>;

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
  /** Session that AWS STS was asked for. */
  readonly requested?: RequestedSession;
  readonly region?: string;
  readonly endpoint: string;
  readonly attempts: number;
  /** Reason for no further attempt, unless the answer was the reason. */
  readonly stopReason?: string;
}

/** Response of the service. All of it is text from outside. */
export interface Answer {
  /** The service's own error code, e.g. `InvalidIdentityToken`. */
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly message?: string;
}

export interface FailureDetails {
  readonly attempted?: Attempted;
  readonly answer?: Answer;
  /** Facts of the token as lines: issuer, audience, subject, age. */
  readonly token?: readonly string[];
  /** Changes that fix it, the most specific first. Without any, the catalogue's hint is printed. A change may span lines. */
  readonly changes?: readonly string[];
  /** Problems of options, in the CI system's spelling. */
  readonly problems?: readonly OptionProblem[];
}

export interface OptionProblem {
  readonly option: string;
  readonly message: string;
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
