import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { EventBody } from '../../../events/render-event.ts';

/** How a receiver behaves. */
export const MOODS = [
  'well',
  /** Answers, and takes its time. */
  'slow',
  /** Answers when nobody waits for it any more. */
  'late',
  'hanging',
  'resetting',
  /** Begins an answer, and hangs up. */
  'breaking_off',
  /** Answers with success, and hangs up at once. */
  'rude',
  'failing',
  'overloaded',
  'throttling',
  'redirecting',
  /** Nobody listens at its port. */
  'away',
  'gone',
] as const;

export type Mood = (typeof MOODS)[number];

/** A request as the receiver saw it. */
export interface Seen {
  readonly id: string;
  readonly body: EventBody;
  /** By the headers, in seconds. */
  readonly sentAt: number;
  /** Null: it gave no answer. */
  status: number | null;
}

export interface MoodyReceiver {
  readonly url: string;
  /** By event. */
  readonly seen: ReadonlyMap<string, readonly Seen[]>;
  /** What was wrong with requests: signatures, times, bodies. */
  readonly wrong: readonly string[];
  /** The secret of its endpoint. What came before is verified then. */
  trust(secret: string): void;
  /** From now on. Resolves when it is so. */
  mood(next: Mood): Promise<void>;
  close(): Promise<void>;
}

export interface MoodyReceiverOptions {
  /** Where it redirects to. */
  readonly elsewhere: string;
  /** After so long nobody waits for an answer any more. */
  readonly timeoutMs: number;
  readonly onEvent: (body: EventBody) => void;
}

/** Between its sending and its arrival, on a machine that has a lot to do. */
const OLDEST_S = 30;

/** A receiver over real HTTP that keeps what it is sent, and whose mood changes. */
export async function startMoodyReceiver({
  elsewhere,
  timeoutMs,
  onEvent,
}: MoodyReceiverOptions): Promise<MoodyReceiver> {
  const seen = new Map<string, Seen[]>();
  const wrong: string[] = [];
  let webhook: Webhook | null = null;
  let unverified: { text: string; headers: IncomingHttpHeaders }[] = [];
  let mood: Mood = 'well';
  let isClosed = false;

  function verify(text: string, headers: IncomingHttpHeaders): void {
    if (!webhook) {
      unverified.push({ text, headers });
      return;
    }
    try {
      webhook.verify(text, headers as Record<string, string>);
    } catch (error) {
      wrong.push(`${String(headers['webhook-id'])}: ${(error as Error).message}`);
    }
  }

  function take(text: string, headers: IncomingHttpHeaders, response: ServerResponse): void {
    verify(text, headers);
    const id = String(headers['webhook-id']);
    const sentAt = Number(headers['webhook-timestamp']);
    const body = JSON.parse(text) as EventBody;
    if (body.id !== id) wrong.push(`${id}: its body has the id ${body.id}`);
    if (Math.abs(Date.now() / 1_000 - sentAt) > OLDEST_S) wrong.push(`${id}: sent at ${sentAt}`);
    const one: Seen = { id, body, sentAt, status: null };
    const before = seen.get(id);
    if (before) before.push(one);
    else seen.set(id, [one]);
    onEvent(body);
    void answer(one, response);
  }

  async function answer(one: Seen, response: ServerResponse): Promise<void> {
    const { socket } = response;
    const end = (status: number, headers: Record<string, string> = {}): void => {
      if (!socket || socket.destroyed) return;
      one.status = status;
      response.writeHead(status, headers).end();
    };
    switch (mood) {
      case 'well':
        return end(204);
      case 'slow':
        await sleep(timeoutMs * 0.2);
        return end(200);
      case 'late':
        await sleep(timeoutMs * 1.3);
        return end(200);
      case 'hanging':
        return undefined;
      case 'resetting':
      case 'away':
        return void socket?.resetAndDestroy();
      case 'breaking_off':
        socket?.write('HTTP/1.1 200 OK\r\nContent-Le', () => socket.resetAndDestroy());
        return undefined;
      case 'rude':
        end(200);
        return void socket?.resetAndDestroy();
      case 'failing':
        return end(500);
      case 'overloaded':
        return end(503, { 'retry-after': '1' });
      case 'throttling':
        return end(429, { 'retry-after': '1' });
      case 'redirecting':
        return end(307, { location: elsewhere });
      case 'gone':
        return end(410);
    }
  }

  function listener(): Server {
    return createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        take(Buffer.concat(chunks).toString('utf8'), request.headers, response),
      );
    });
  }

  async function listen(port: number): Promise<Server> {
    const server = listener();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  async function listenAgain(port: number): Promise<Server> {
    for (;;) {
      const server = await listen(port).catch(() => null);
      if (server) return server;
      await sleep(50);
    }
  }

  async function leave(): Promise<void> {
    const left = server;
    server = null;
    if (!left) return;
    left.close();
    left.closeAllConnections();
    await once(left, 'close');
  }

  let server: Server | null = await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    seen,
    wrong,
    trust(secret) {
      webhook = new Webhook(secret);
      for (const { text, headers } of unverified) verify(text, headers);
      unverified = [];
    },
    async mood(next) {
      mood = next;
      if (next === 'away') await leave();
      else if (!server && !isClosed) server = await listenAgain(port);
    },
    async close() {
      isClosed = true;
      await leave();
    },
  };
}
