import type { Server } from 'node:http';

/** How often connections that have become idle are looked for. */
const LOOK_EVERY_MS = 50;

/**
 * Takes no more connections, and resolves when every request that had begun is answered; those that take
 * longer than `graceMs` are cut off. Clients are told not to send more on their connections.
 */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'));
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  const cutting = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(looking);
  clearTimeout(cutting);
}
