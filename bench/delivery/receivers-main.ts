import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../../config/logger.ts';
import { runMain } from '../../config/run-main.ts';

/*
 * Receivers on ports of their own, which answer 204 at once; and one more port, on which a GET tells their
 * ports, and what came since it was last asked: how many distinct events at each, and when the last of them did.
 */
await runMain(async () => {
  const seen: Set<string>[] = [];
  const latencies: number[] = [];
  let lastAt = 0;
  const ports: number[] = [];
  for (let index = 0; index < Number(process.env['BENCH_RECEIVERS']); index += 1) {
    const ids = new Set<string>();
    seen.push(ids);
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        const id = request.headers['webhook-id'];
        if (typeof id === 'string' && !ids.has(id)) {
          ids.add(id);
          lastAt = Date.now();
          // Of the id, which is a UUIDv7, the first 48 bits are the time in milliseconds.
          latencies.push(lastAt - parseInt(id.replace('-', '').slice(0, 12), 16));
        }
        response.writeHead(204).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  const control = createServer((request, response) => {
    const counts = seen.map((ids) => ids.size);
    response.end(
      JSON.stringify({
        ports,
        counts,
        lastAt,
        latencies: request.url === '/latencies' ? latencies : [],
      }),
    );
    if (request.url !== '/forget') return;
    for (const ids of seen) ids.clear();
    latencies.length = 0;
  });
  control.listen(Number(process.env['BENCH_CONTROL_PORT']), '127.0.0.1');
  await once(control, 'listening');
  createLogger('receivers', 'info').info('receivers ready');
});
