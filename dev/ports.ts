import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
  return address.port;
}

export interface WantedPort {
  readonly part: string;
  readonly port: number;
  readonly variable: string;
  readonly host?: string;
}

/**
 * A sentence for each wanted port that cannot be had, naming the variable that changes it; empty
 * when all are free.
 */
export async function portComplaints(wanted: readonly WantedPort[]): Promise<string[]> {
  const complaints: string[] = [];
  for (const [index, { part, port, variable, host }] of wanted.entries()) {
    const twin = wanted.slice(0, index).find((other) => other.port === port);
    if (twin !== undefined) {
      complaints.push(
        `Port ${port} is wanted by both ${twin.part} and ${part}: set ${twin.variable} or ${variable} to another one.`,
      );
      continue;
    }
    const reason = await whyNot(port, host);
    if (reason !== undefined) {
      complaints.push(
        `Port ${port}, wanted by ${part}, ${reason}: free it, or set ${variable} to another one.`,
      );
    }
  }
  return complaints;
}

async function whyNot(port: number, host?: string): Promise<string | undefined> {
  try {
    const server = await listen(port, host);
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return 'is taken by another program';
    if (code === 'EACCES') return 'may not be used by this user';
    return `cannot be used (${message})`;
  }
}

function listen(port: number, host = '127.0.0.1'): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
