import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Fault, FaultHit } from '../faults.ts';
import { neverAnswer, reset, sendHalf } from './broken-answer.ts';
import { failure } from './envelope.ts';

/** Answers a call as the fault demands. `serve` gives the answer as it would have been. */
export async function serveFault(
  { fault, processed }: FaultHit,
  connection: HttpBindings,
  at: number,
  serve: () => Promise<Response>,
): Promise<Response> {
  const served = processed ? await serve() : null;
  switch (fault.kind) {
    case 'status':
      return withStatus(fault, at);
    case 'hang':
      return neverAnswer(connection);
    case 'reset':
      return reset(connection);
    case 'delay':
      await sleep(fault.ms, undefined, { ref: false });
      return served ?? serve();
    case 'truncated': {
      const answer = served ?? (await serve());
      if (fault.how === 'length') return sendHalf(connection, answer);
      const text = await answer.text();
      return new Response(text.slice(0, Math.floor(text.length / 2)), answer);
    }
  }
}

function withStatus(fault: Extract<Fault, { kind: 'status' }>, at: number): Response {
  const { status, message = 'The request failed', body = 'envelope', retryAfter } = fault;
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  if (body === 'empty') return new Response(null, { status, headers });
  if (body === 'envelope') return failure(status, message, at, headers);
  const page = `<html><head><title>${status}</title></head><body>${message}</body></html>`;
  return new Response(page, { status, headers: { 'content-type': 'text/html', ...headers } });
}
