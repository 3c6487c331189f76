import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export interface ServerLimits {
  /** A connection that has not sent the head of a request for so long is cut off, also when it has sent nothing. */
  readonly headersTimeoutMs: number;
  /** So is one that has not sent the whole of it. */
  readonly requestTimeoutMs: number;
  /** How often both are looked at. */
  readonly checkEveryMs: number;
  /** More are closed as they come. */
  readonly maxConnections: number;
}

export interface ServerOptions {
  readonly limits: ServerLimits;
  /** A connection was one too many. */
  readonly onDrop: () => void;
}

/**
 * Longer than the load balancers' usual 60 seconds: the one that closes an idle connection should be the one that sends
 * requests on it, or a request may meet a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 65_000;

/** An HTTP server that waits for no slow client. Node itself answers 400, 408, 417 and 431 to what is no proper request. */
export function createServer(app: Hono, { limits, onDrop }: ServerOptions): Server {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      // By default every 30 s, which a time-out would wait for.
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
  }) as Server;
  server.maxConnections = limits.maxConnections;
  server.on('drop', onDrop);
  return server;
}
