import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Load, LoadSent } from './send-load.ts';

export interface LoadGenerator {
  /** One at a time. Resolves when all are acknowledged. */
  send(load: Load): Promise<LoadSent>;
  close(): void;
}

/** A process that posts webhooks, so that whoever measures takes nothing from it. It ends with this one. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(new URL('load-main.ts', import.meta.url)), {
    serialization: 'advanced',
  });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the load generator ended with ${code}`);
  });
  exited.catch(() => undefined);
  return {
    async send(load) {
      child.send(load);
      const [sent] = await Promise.race([once(child, 'message'), exited]);
      return sent as LoadSent;
    },
    close() {
      if (child.connected) child.disconnect();
    },
  };
}
