import type { Server, ServerResponse } from 'node:http';

/**
 * Has a server end in the way that load balancers expect: each answer from then on ends its connection, so that
 * the next request goes elsewhere. Without it a busy connection would go on being served, to be cut in the
 * middle of a request. Answers with what ends it.
 */
export function closingGently(server: Server): (graceMs: number) => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let isClosing = false;
  server.prependListener('request', (_request, response: ServerResponse) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (isClosing) endConnection(response);
  });

  return async (graceMs) => {
    isClosing = true;
    underWay.forEach(endConnection);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
