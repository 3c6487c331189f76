import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';

/** A request that a receiver got. */
export interface Received {
  readonly id: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies freely
  readonly body: any;
  readonly at: number;
}

export type Answer = (received: Received, response: ServerResponse) => void;

/** What an operator would run to be told: over real HTTP, on loopback. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The ids of the events that it has answered with success, once each. */
  accepted(): readonly string[];
  /** From now on. */
  answer(answer: Answer): void;
  /** By the official package. Throws where the signature, or its age, is not right. */
  verify(received: Received, secret: string): unknown;
  close(): Promise<void>;
}

export const accept: Answer = (_, response) => void response.writeHead(204).end();

export const withStatus =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end('no');

export const hang: Answer = () => undefined;

export const reset: Answer = (_, response) => void response.socket?.resetAndDestroy();

export async function startReceiver(first: Answer = accept): Promise<Receiver> {
  let answer = first;
  const received: Received[] = [];
  const accepted = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const id = String(request.headers['webhook-id']);
      const one = { id, headers: request.headers, text, body: JSON.parse(text), at: Date.now() };
      received.push(one);
      response.on('finish', () => {
        if (response.statusCode >= 200 && response.statusCode < 300) accepted.add(id);
      });
      answer(one, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    received,
    accepted: () => [...accepted],
    answer(next) {
      answer = next;
    },
    verify: (one, secret) =>
      new Webhook(secret).verify(one.text, one.headers as Record<string, string>),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
