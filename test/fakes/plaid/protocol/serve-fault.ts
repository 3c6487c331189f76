import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { ApiError } from '../errors/api-error.ts';
import type { Fault, FaultRule } from '../faults.ts';
import { spoils } from '../faults.ts';

/** Answers a call as its faults demand; `serve` gives the answer as it would have been. */
export async function serveFaults(
  rules: readonly FaultRule[],
  connection: HttpBindings,
  serve: () => Promise<Response>,
): Promise<Response> {
  for (const { fault } of rules) {
    if (fault.kind === 'late') await sleep(fault.milliseconds, undefined, { ref: false });
  }
  const spoiling = rules.find(({ fault }) => spoils(fault));
  if (spoiling === undefined) return serve();
  if (spoiling.processed === true) await (await serve()).arrayBuffer();
  return spoil(spoiling.fault, connection, serve);
}

async function spoil(
  fault: Fault,
  { incoming, outgoing }: HttpBindings,
  serve: () => Promise<Response>,
): Promise<Response> {
  switch (fault.kind) {
    case 'error':
      throw new ApiError(fault.code, fault);
    case 'html':
      return new Response('<html><body><h1>502 Bad Gateway</h1></body></html>', {
        status: fault.status ?? 502,
        headers: { 'content-type': 'text/html' },
      });
    case 'malformed':
      return new Response('{"accounts": [,', { headers: { 'content-type': 'application/json' } });
    case 'reset':
      incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    case 'hang':
      if (!outgoing.destroyed) await new Promise((resolve) => outgoing.once('close', resolve));
      return RESPONSE_ALREADY_SENT;
    case 'truncate': {
      const answer = await serve();
      const body = Buffer.from(await answer.arrayBuffer());
      outgoing.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': body.length,
      });
      await new Promise<void>((resolve) => {
        outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve());
      });
      incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    case 'late':
    case 'alter':
      return serve();
  }
}
