import { once } from 'node:events';
import { connect } from 'node:net';

/** One connection of a bank to an endpoint, kept alive: one request after the other. */
export interface Sender {
  /** Answers with the status. Rejects when the connection is lost before the whole answer is there. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/**
 * Speaks just enough of HTTP/1.1: whoever sends shares the machine with what is measured, and
 * Node's own client costs as much as the endpoints themselves.
 */
export async function openSender(url: URL): Promise<Sender> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await once(socket, 'connect');
  socket.setEncoding('latin1');
  let received = '';
  let waiting: PromiseWithResolvers<number> | null = null;
  socket.on('data', (chunk: string) => {
    received += chunk;
    const end = endOfAnswer(received);
    if (end === null || received.length < end) return;
    const status = Number(received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
    received = received.slice(end);
    waiting?.resolve(status);
  });
  const lost = (): void => waiting?.reject(new Error('the connection was lost'));
  socket.on('error', lost).on('close', lost);
  return {
    async send(request) {
      waiting = Promise.withResolvers();
      if (socket.destroyed) lost();
      else socket.write(request);
      return await waiting.promise;
    },
    close: () => void socket.destroy(),
  };
}

/** Of a body whose length was told, as Hono tells that of every JSON. */
function endOfAnswer(received: string): number | null {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const length = /^content-length: *(\d+)/im.exec(received.slice(0, head))?.[1];
  if (length === undefined) throw new Error('an answer that does not tell its length');
  return head + 4 + Number(length);
}

/** A request as it goes over the wire, made before any clock runs. */
export function requestOf(url: URL, token: string, body: string): Buffer {
  return Buffer.from(
    [
      `POST ${url.pathname} HTTP/1.1`,
      `host: ${url.host}`,
      `authorization: Bearer ${token}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
