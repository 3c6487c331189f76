import type { Server, ServerResponse } from 'node:http';

/** How often connections that have become idle are looked for. */
const LOOK_EVERY_MS = 50;

/**
 * Called once the server is made; answers with what closes it: it takes no more connections, and resolves when
 * every request that had begun is answered; those that take longer than `graceMs` are cut off. Clients are told
 * not to send more on their connections, also with the answers to what is under way.
 */
export function closable(server: Server): (graceMs: number) => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let isClosing = false;
  server.prependListener('request', (_, response: ServerResponse) => {
    if (isClosing) endConnection(response);
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });

  return async (graceMs) => {
    isClosing = true;
    underWay.forEach(endConnection);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const looking = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
    const cutting = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearInterval(looking);
    clearTimeout(cutting);
  };
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
