import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { ConfigError } from '../../config/secrets.ts';

export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Serves metrics for Prometheus under `/metrics`, on a listener of their own, so that they are where the API is not.
 *
 * @param address `ip:port`, with an IPv6 address in brackets.
 */
export async function serveMetrics(registry: Registry, address: string): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    if (!isAsked) {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  try {
    server.listen(Number(address.slice(colon + 1)), host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`FRESHET_METRICS_ADDRESS cannot be listened on (${code})`);
  }
  return {
    async close() {
      const closed = new Promise<unknown>((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
