import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as a provider sent it. */
export interface RelayedWebhook {
  readonly provider: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Stands between the banks and Freshet, and loses, keeps, repeats and spoils webhooks as a network may. */
export interface Relay {
  /** Where a provider is to send its webhooks. */
  urlFor(provider: string): string;
  /** Where webhooks go. */
  target: string;
  /** What came and holds this text, the oldest first. */
  seen(mark: string): readonly RelayedWebhook[];
  /** What holds this text is taken, and not passed on, until that is ended. */
  hold(mark: string): () => void;
  /** Sends one to Freshet; answers with the status. */
  pass(webhook: RelayedWebhook): Promise<number>;
  close(): Promise<void>;
}

/** Headers of a connection, not of the message. */
const OWN = new Set(['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

export async function startRelay(): Promise<Relay> {
  const seen: RelayedWebhook[] = [];
  const held = new Set<string>();
  const server = createServer((request, response) => {
    void (async () => {
      const webhook: RelayedWebhook = {
        provider: (request.url ?? '').slice(1),
        headers: headersOf(request),
        body: await collect(request),
      };
      seen.push(webhook);
      const isHeld = [...held].some((mark) => webhook.body.includes(mark));
      response.writeHead(isHeld ? 200 : await relay.pass(webhook)).end();
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const relay: Relay = {
    target: 'http://127.0.0.1:9',
    urlFor: (provider) => `http://127.0.0.1:${port}/${provider}`,
    seen: (mark) => seen.filter(({ body }) => body.includes(mark)),
    hold(mark) {
      held.add(mark);
      return () => void held.delete(mark);
    },
    async pass({ provider, headers, body }) {
      const answer = await fetch(`${relay.target}/webhooks/${provider}`, {
        method: 'POST',
        headers,
        body,
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return relay;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !OWN.has(name) ? [[name, value] as const] : [],
    ),
  );
}

async function collect(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
