import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Fault } from '../faults.ts';
import { dropConnection, neverAnswer, sendHalf } from './broken-answer.ts';
import { loginExpired, ProtocolError } from './protocol-error.ts';

/** The faults that spoil an answer, as against those that only delay or steer it. */
export type SpoilingFault = Fault & {
  readonly kind: Exclude<Fault['kind'], 'latency' | 'refresh_fails'>;
};

export function spoils(fault: Fault): fault is SpoilingFault {
  return fault.kind !== 'latency' && fault.kind !== 'refresh_fails';
}

/**
 * Answers a call in the way that the fault demands. `serve` gives the answer as it would have been.
 */
export async function serveFault(
  fault: SpoilingFault,
  connection: HttpBindings,
  serve: () => Response,
): Promise<Response> {
  const processed = fault.processed ? serve() : null;
  if (fault.afterMs > 0) await sleep(fault.afterMs, undefined, { ref: false });
  const retryAfter: Record<string, string> =
    fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  switch (fault.kind) {
    case '429':
      throw new ProtocolError(429, 'RATE_LIMIT', 'Too many requests', retryAfter);
    case '500':
      throw new ProtocolError(500, 'API', 'Something went wrong', retryAfter);
    case '503':
      return new Response('{"status":"error","message":"Request timeout"}', {
        status: 503,
        headers: { 'content-type': 'application/json; charset=utf-8', ...retryAfter },
      });
    case 'login_required':
      throw loginExpired();
    case 'malformed':
      return new Response('{"status":"success","message":"Retrieved","data":{"balance":[,]}', {
        headers: { 'content-type': 'application/json; charset=utf-8' },
      });
    case 'drop':
      return dropConnection(connection);
    case 'hang':
      return neverAnswer(connection);
    case 'truncate':
      break;
  }
  const answer = processed ?? serve();
  if (fault.truncate === 'header') return sendHalf(connection, answer);
  const text = await answer.text();
  return new Response(text.slice(0, Math.floor(text.length / 2)), answer);
}
