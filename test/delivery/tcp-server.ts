import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** Something that listens, and does with its connections what a test likes. */
export interface TcpServer {
  readonly port: number;
  /** Of TCP, since the start. */
  connections(): number;
  /** All that came in so far, over all connections. */
  received(): string;
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

export interface TcpServerOptions {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: TlsOptions;
}

/** `onConnection` is called for each; the socket's errors are taken care of. */
export async function startTcpServer(
  onConnection: (socket: Socket) => void,
  { host = '127.0.0.1', port = 0, tls }: TcpServerOptions = {},
): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const received: Buffer[] = [];
  let connections = 0;
  const take = (socket: Socket): void => {
    socket.on('error', () => undefined).on('data', (part: Buffer) => received.push(part));
    onConnection(socket);
  };
  const server = tls ? createTlsServer(tls, take) : createServer(take);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    received: () => Buffer.concat(received).toString(),
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** Answers each request, which must come in one piece or end in `}`, with these words. */
export function answering(text: string | Buffer) {
  return (socket: Socket): void => {
    socket.on('data', (part: Buffer) => {
      if (part.at(-1) === 0x7d) socket.write(text);
    });
  };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
