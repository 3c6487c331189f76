import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../support/measure.ts';
import { openSender, requestOf, type Sender } from './sender.ts';

export interface Load {
  readonly url: string;
  readonly token: string;
  /** Requests under way at a time, each on a connection of its own. */
  readonly senders: number;
  readonly bodies: readonly string[];
}

export interface LoadSent {
  /** Milliseconds since the epoch, of the first request and of the last acknowledgement. */
  readonly from: number;
  readonly to: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no 2xx, and connections lost: those webhooks were sent again. */
  readonly refused: number;
  /** Processor time of the one who sent. */
  readonly cpuSeconds: number;
}

/** A bank would wait longer. */
const AGAIN_AFTER_MS = 250;
/** Whoever refuses one this often takes none at all. */
const MOST_TRIES = 40;

/** Posts every body until it is acknowledged. Rejects where one is refused again and again. */
export async function sendLoad({ url, token, senders, bodies }: Load): Promise<LoadSent> {
  const to = new URL(url);
  const requests = bodies.map((body) => requestOf(to, token, body)).values();
  const open = await Promise.all(Array.from({ length: senders }, () => openSender(to)));
  const latencies: number[] = [];
  let refused = 0;

  async function acknowledged(sender: Sender, request: Buffer): Promise<Sender> {
    for (let tries = 1; ; tries += 1) {
      const status = await sender.send(request).catch(() => null);
      if (status !== null && status >= 200 && status < 300) return sender;
      if (tries === MOST_TRIES) throw new Error(`refused ${tries} times, at last with ${status}`);
      refused += 1;
      await sleep(AGAIN_AFTER_MS);
      if (status !== null) continue;
      sender.close();
      sender = await openSender(to);
    }
  }
  async function run(sender: Sender): Promise<void> {
    for (const request of requests) {
      const start = performance.now();
      sender = await acknowledged(sender, request);
      latencies.push(performance.now() - start);
    }
    sender.close();
  }

  const cpuBefore = process.cpuUsage();
  const from = now();
  await Promise.all(open.map(run));
  const end = now();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    from,
    to: end,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    refused,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

const now = (): number => performance.timeOrigin + performance.now();
