/** Why a post got no answer. */
export type DeliveryErrorCode =
  /** The rules do not let it be reached. */
  | 'address_refused'
  | 'dns_failed'
  /** No connection to send it on came about in time. */
  | 'connect_timeout'
  | 'connection_refused'
  /** There is no way to its address. */
  | 'unreachable'
  /** Its certificate is not trusted or of another name, or it speaks no TLS. */
  | 'tls_failed'
  /** It was connected to, and did not answer in time. */
  | 'timeout'
  | 'connection_reset'
  /** It answered something else than HTTP, or more of it than is read. */
  | 'protocol_error'
  | 'network_error';

/** What went wrong on the way to a receiver, known by its code. */
export class DeliveryError extends Error {
  override readonly name: string = 'DeliveryError';
  readonly code: DeliveryErrorCode;

  constructor(code: DeliveryErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** The rules do not let the receiver be reached. Nothing was sent to it. */
export class AddressRefused extends DeliveryError {
  override readonly name = 'AddressRefused';

  constructor() {
    super('address_refused');
  }
}

const BY_CODE: Readonly<Record<string, DeliveryErrorCode>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  ECONNABORTED: 'connection_reset',
  EPIPE: 'connection_reset',
  ETIMEDOUT: 'connect_timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EPROTO: 'tls_failed',
  UND_ERR_SOCKET: 'connection_reset',
  UND_ERR_HEADERS_OVERFLOW: 'protocol_error',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol_error',
};

/** What an error of a socket, of TLS or of undici comes to. */
export function deliveryErrorCode(error: unknown): DeliveryErrorCode {
  if (error instanceof DeliveryError) return error.code;
  if (error instanceof AggregateError) return mostTelling(error.errors);
  if (!(error instanceof Error)) return 'network_error';
  // undici's words for an answer that nobody asked for.
  if (/^bad (response|upgrade)$/.test(error.message)) return 'protocol_error';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // undici's assertions, too, fail by what a receiver sends.
  if (/^(HTTPParser|Assertion)Error$/.test(error.name)) return 'protocol_error';
  if (/^ERR_(SSL|TLS)_/.test(code)) return 'tls_failed';
  return BY_CODE[code] ?? 'network_error';
}

/** Of the errors of several addresses: an answer says more than silence, silence more than no way there. */
function mostTelling(errors: readonly unknown[]): DeliveryErrorCode {
  const codes = new Set(errors.map(deliveryErrorCode));
  for (const code of ['connection_refused', 'connect_timeout', 'connection_reset'] as const) {
    if (codes.has(code)) return code;
  }
  return [...codes][0] ?? 'network_error';
}
