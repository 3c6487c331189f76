import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes what it likes. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that was answered so far. */
  received(): string;
  /** The status of each answer so far. */
  statuses(): number[];
  /** Resolves when it is closed, by either side. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
  /** Why it was cut off, such as `ECONNRESET`. */
  error(): string | undefined;
  write(part: string | Uint8Array): void;
  close(): void;
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const parts: Buffer[] = [];
  let isClosed = false;
  let cutOffBy: string | undefined;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true;
      resolve();
    });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    cutOffBy = error.code;
  });
  socket.on('data', (part: Buffer) => parts.push(part));
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed]);
  const received = (): string => Buffer.concat(parts).toString('latin1');
  return {
    socket,
    received,
    statuses: () =>
      [...received().matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)),
    closed,
    isClosed: () => isClosed,
    error: () => cutOffBy,
    write(part) {
      if (!socket.destroyed) socket.write(part);
    },
    close: () => socket.destroy(),
  };
}

/** The head of a request, with the headers that every good one has where they are not given. */
export function head(
  target: string,
  headers: Readonly<Record<string, string | number | undefined>>,
): string {
  const all = {
    Host: 'freshet.test',
    'Content-Type': 'application/json',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `POST ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
