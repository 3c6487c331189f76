/** The stated error types that this bank uses. */
export type ErrorType = 'API' | 'NO_RECORD_ID' | 'RATE_LIMIT' | 'EXPIRED' | 'KILL' | 'SELECTOR';

/** An answer that is an error. Thrown by the handlers, written by `envelope.ts`. */
export class ProtocolError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429 | 500 | 503;
  readonly type: ErrorType;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ProtocolError['status'],
    type: ErrorType,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = headers;
  }
}

/** For an id that nobody has. */
export function unknownId(field: string): ProtocolError {
  return new ProtocolError(404, 'NO_RECORD_ID', `No record found for ${field}`);
}

/** For a login that must be repeated. */
export function loginExpired(): ProtocolError {
  return new ProtocolError(400, 'EXPIRED', 'The customer must log in to the bank again');
}

/** For a consent that is gone. */
export function consentWithdrawn(): ProtocolError {
  return new ProtocolError(403, 'KILL', 'The customer withdrew consent');
}
