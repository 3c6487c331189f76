import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of a bank: counts what is asked of it at a time, and can hold everything up. */
export interface GatedProxy {
  readonly url: string;
  /** Calls that came and have no answer yet. */
  inFlight(): number;
  /** The most there ever were. */
  mostInFlight(): number;
  /**
   * From now on no call reaches the bank, or none whose path, as `/v2/balance/refresh`, is to be
   * held up.
   */
  shut(holds?: (path: string) => boolean): void;
  /** Lets them through again, also those that wait. */
  open(): void;
  close(): Promise<void>;
}

export async function startGatedProxy(target: string): Promise<GatedProxy> {
  let inFlight = 0;
  let most = 0;
  let isHeld: ((path: string) => boolean) | null = null;
  const waiting: (() => void)[] = [];

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    inFlight += 1;
    most = Math.max(most, inFlight);
    outgoing.once('close', () => {
      inFlight -= 1;
    });
    if (isHeld?.(incoming.url ?? '/')) await new Promise<void>((resolve) => waiting.push(resolve));
    const { method, headers } = incoming;
    const forwarded = request(new URL(incoming.url ?? '/', target), { method, headers });
    forwarded.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  }

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const open = (): void => {
    isHeld = null;
    for (const go of waiting.splice(0)) go();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    inFlight: () => inFlight,
    mostInFlight: () => most,
    shut(holds = () => true) {
      isHeld = holds;
    },
    open,
    async close() {
      open();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
