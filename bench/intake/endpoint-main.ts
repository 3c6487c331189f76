import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Client, Connection } from '@temporalio/client';
import { Hono } from 'hono';
import { Pool } from 'pg';
import { createLogger } from '../../config/logger.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { runMain } from '../../config/run-main.ts';
import { endpoints, type EndpointName } from './endpoints.ts';

/** One of the endpoints that are measured beside Freshet, on the same HTTP server. */
await runMain(async () => {
  const stop = onShutdown();
  const pool = new Pool({ connectionString: process.env['FRESHET_DATABASE_URL'] ?? '', max: 20 });
  pool.on('error', () => undefined);
  const connection = Connection.lazy({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const temporal = new Client({ connection, namespace: 'default' });
  const name = process.env['BENCH_ENDPOINT'] as EndpointName;
  const take = await endpoints[name]({ pool, temporal });
  const app = new Hono().post('/webhooks/okra', async (c) => {
    await take(Buffer.from(await c.req.arrayBuffer()));
    return c.json({ received: true });
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(Number(process.env['FRESHET_API_PORT']), '127.0.0.1');
  await once(server, 'listening');
  createLogger('endpoint', 'info').info('endpoint ready');
  if (!stop.aborted) await once(stop, 'abort');
  server.close();
  server.closeAllConnections();
  await connection.close();
  await pool.end();
});
