/** Error codes of STS with their HTTP status and, if AWS has a fixed one, their message. */
const ERRORS = {
  AccessDenied: { status: 403, message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' },
  ExpiredToken: { status: 403, message: 'The security token included in the request is expired' },
  ExpiredTokenException: { status: 400, message: 'Token expired' },
  IDPCommunicationError: {
    status: 400,
    message: 'Error communicating with the identity provider.',
  },
  IDPRejectedClaim: { status: 403, message: 'The identity provider rejected the claim.' },
  IncompleteSignature: { status: 400, message: 'The request signature does not conform to AWS standards.' },
  ExpiredTradeInTokenException: { status: 400, message: 'The trade-in token has expired.' },
  InsufficientSessionLifetime: {
    status: 400,
    message: 'The requested DurationSeconds is greater than the remaining lifetime of the calling session.',
  },
  InternalFailure: { status: 500, message: 'The request processing has failed because of an unknown error.' },
  InvalidAction: { status: 400, message: 'The action or operation requested is invalid.' },
  InvalidAuthorizationMessageException: { status: 400, message: 'The authorization message is invalid.' },
  InvalidContextAssertion: { status: 400, message: 'The context assertion is invalid.' },
  InvalidClientTokenId: { status: 403, message: 'The security token included in the request is invalid.' },
  InvalidIdentityToken: {
    status: 400,
    message: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  },
  InvalidSubjectCredentials: { status: 400, message: 'The calling session is not valid.' },
  JWTPayloadSizeExceededException: {
    status: 400,
    message: 'The requested token payload size exceeds the maximum allowed size.',
  },
  MalformedInput: { status: 400, message: undefined },
  MalformedPolicyDocument: { status: 400, message: 'Syntax errors in policy.' },
  MissingAuthenticationToken: { status: 403, message: 'Request is missing Authentication Token' },
  NoSuchEntity: { status: 404, message: 'The request referenced a resource that does not exist.' },
  OutboundWebIdentityFederationDisabledException: {
    status: 403,
    message: 'Outbound web identity federation is not enabled for this account.',
  },
  PackedPolicyTooLarge: { status: 400, message: 'Packed size of session tags consumes 142% of allotted space.' },
  RegionDisabledException: {
    status: 403,
    message:
      'STS is not activated in this region for account. Your account administrator can activate STS in this region using the IAM Console.',
  },
  RequestExpired: { status: 400, message: 'Request has expired.' },
  ServiceUnavailable: { status: 503, message: 'Service is unavailable.' },
  SessionDurationEscalationException: {
    status: 403,
    message: 'The requested token duration would extend the session beyond its original expiration time.',
  },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  },
  Throttling: { status: 400, message: 'Rate exceeded' },
  ThrottlingException: { status: 400, message: 'Rate exceeded' },
  ValidationError: { status: 400, message: '1 validation error detected' },
} as const;

export type StsErrorCode = keyof typeof ERRORS;

export function isStsErrorCode(code: string): code is StsErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** An error answer. */
export class StsError extends Error {
  override readonly name = 'StsError';
  readonly code: string;
  readonly status: number;
  /** The Message element; undefined if AWS sends none. */
  readonly text: string | undefined;

  constructor(code: StsErrorCode, text: string | undefined = ERRORS[code].message) {
    super(text ?? code);
    this.code = code;
    this.status = ERRORS[code].status;
    this.text = text;
  }
}
