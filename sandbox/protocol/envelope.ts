import type { ProtocolError } from './protocol-error.ts';

/** What a handler answers. */
export interface Answer {
  readonly message: string;
  readonly data: object;
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

export function success(answer: Answer): Response {
  const { message, data } = answer;
  return new Response(JSON.stringify({ status: 'success', message, data }), {
    headers: JSON_HEADERS,
  });
}

/** The documented fields of an error. `code` borrows the widget's numbers, which is our choice. */
export function failure(error: ProtocolError, endpoint: string): Response {
  const { status, type, message } = error;
  const code = status === 401 ? 1006 : status < 404 ? 1000 : 1008;
  const body = { status: 'error', message, data: null, method: endpoint, code, type };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...JSON_HEADERS, ...error.headers },
  });
}
