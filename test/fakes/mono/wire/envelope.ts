import { iso } from '../clock.ts';
import type { Alteration } from '../alterations.ts';
import type { Json } from '../json.ts';

/** What an endpoint answers with. */
export interface Answer {
  readonly data: Json;
  /** The one of most examples when not given. */
  readonly message?: string;
  readonly meta?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** The data is the whole body, without the envelope. */
  readonly bare?: boolean;
}

export function success(answer: Answer, at: number, alter: Alteration): Response {
  const { data, message = 'Request was successfully completed', meta, bare = false } = answer;
  const body = alter(
    bare
      ? data
      : {
          status: 'successful',
          message,
          timestamp: iso(at),
          data,
          ...(meta !== undefined && { meta }),
        },
  );
  return json(200, body, answer.headers ?? {});
}

/** The documents only say that `status` is then `failed`; that `data` is null is a guess. */
export function failure(
  status: number,
  message: string,
  at: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return json(status, { status: 'failed', message, timestamp: iso(at), data: null }, headers);
}

function json(status: number, body: Json, headers: Readonly<Record<string, string>>): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}
