import type { Dispatcher } from 'undici';
import { readRetryAfter } from '../config/retry-after.ts';
import { deliveryErrorCode, type DeliveryErrorCode } from './delivery-error.ts';
import { responseStart } from './response-start.ts';

/** What came of a post. It has either a status or an error code. */
export interface PostOutcome {
  /** As soon as the headers are there, it counts, whatever becomes of the body. */
  readonly status: number | null;
  readonly errorCode: DeliveryErrorCode | null;
  /** What the answer asked for, a day at the most; null: nothing. */
  readonly retryAfterMs: number | null;
  /** Until the answer's headers were there, or it had failed; whole milliseconds. */
  readonly latencyMs: number;
  /** The first 512 bytes of the answer's body as text without control characters; empty when there is none. */
  readonly responseStart: string;
}

export interface ExchangeOptions {
  /** From now until the outcome, whatever happens. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** As long as the longest pause between two attempts. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/** A longer body is not read to its end, nor one that takes longer: the connection is dropped. */
const MOST_BODY_BYTES = 16 * 1024;
const BODY_MS = 1_000;

/** More answers before the answer (1xx) than that are an attack. */
const MOST_INFORMATIONAL = 16;

/** undici's words for a request that is none, or a client that is closed: our fault, not the receiver's. */
const OUR_FAULT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** One request and its answer. Rejects only when `signal` aborts, or the request is none. */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, signal }: ExchangeOptions,
): Promise<PostOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PostOutcome>();
  const startedAt = performance.now();
  let controller: Dispatcher.DispatchController | undefined;
  let answer: Pick<PostOutcome, 'status' | 'retryAfterMs' | 'latencyMs'> | undefined;
  let informational = 0;
  let bodyBytes = 0;
  const body: Buffer[] = [];
  let isSettled = false;

  const sinceStart = (): number => Math.round(performance.now() - startedAt);
  const settle = (): boolean => {
    if (isSettled) return false;
    isSettled = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    return true;
  };
  const answered = (): void => {
    if (!answer || !settle()) return;
    resolve({ ...answer, errorCode: null, responseStart: responseStart(body) });
  };
  const failed = (errorCode: DeliveryErrorCode): void => {
    if (answer) return answered();
    if (!settle()) return;
    const latencyMs = sinceStart();
    resolve({ status: null, errorCode, retryAfterMs: null, latencyMs, responseStart: '' });
  };
  const drop = (): void => controller?.abort(new Error('no more of it is read'));
  const onDeadline = (): void => {
    failed(controller ? 'timeout' : 'connect_timeout');
    drop();
  };
  const onAbort = (): void => {
    if (settle()) reject(signal?.reason as Error);
    drop();
  };
  let timer = setTimeout(onDeadline, timeoutMs);
  signal?.addEventListener('abort', onAbort);

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Thrown, it is taken off the connection without harm to that; nothing has been sent yet.
      if (isSettled) throw new Error('nobody waits for it any more');
      controller = started;
    },
    onResponseStart(_, status, headers) {
      if (status < 200) {
        informational += 1;
        if (informational <= MOST_INFORMATIONAL) return;
        failed('protocol_error');
        return drop();
      }
      const latencyMs = sinceStart();
      answer = { status, retryAfterMs: retryAfter(headers['retry-after']), latencyMs };
      clearTimeout(timer);
      timer = setTimeout(onDeadline, Math.max(0, Math.min(BODY_MS, timeoutMs - latencyMs)));
    },
    onResponseData(_, part) {
      if (isSettled) return;
      bodyBytes += part.length;
      body.push(part);
      if (bodyBytes <= MOST_BODY_BYTES) return;
      answered();
      drop();
    },
    onResponseEnd: answered,
    onResponseError(_, error) {
      const code = 'code' in error ? String(error.code) : '';
      if (OUR_FAULT.has(code)) {
        if (settle()) reject(error);
        return;
      }
      const told = deliveryErrorCode(error);
      // The system gives up on connections that it has, too.
      failed(told === 'connect_timeout' && controller ? 'timeout' : told);
    },
  };
  if (signal?.aborted) onAbort();
  else dispatcher.dispatch(request, handler);
  return promise;
}

function retryAfter(header: string | string[] | undefined): number | null {
  const [first = null] = Array.isArray(header) ? header : [header];
  const wait = readRetryAfter(first);
  return wait === null ? null : Math.min(wait, LONGEST_RETRY_AFTER_MS);
}
