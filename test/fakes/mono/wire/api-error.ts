/** A refusal by the API. The messages are guesses: the documents only list the statuses. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, message);
}

/** For an account that never was, is not linked, or was unlinked. */
export function noSuchAccount(): ApiError {
  return new ApiError(404, 'This account does not exist');
}
