import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../support/process-usage.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { startLoadGenerator } from './load-generator.ts';
import type { BurstOptions, PreparedBurst } from './prepare-burst.ts';

export interface Posted {
  readonly webhooks: number;
  /** From the first request until the last acknowledgement, and until the tables are as the bank. */
  readonly acknowledgedSeconds: number;
  readonly currentSeconds: number;
  /** Webhooks that had to be sent again. */
  readonly refused: number;
  /** Seconds of a core until the tables were as the bank. */
  readonly cpuSeconds: Readonly<Record<'service' | 'postgres' | 'temporal', number>>;
}

const LOOK_EVERY_MS = 50;
const SAY_EVERY_MS = 10_000;

/**
 * Posts the webhooks, and waits until the tables hold what the bank holds: throws where they do not in
 * time.
 */
export async function postBurst(
  stack: BenchStack,
  { bodies, truth }: Pick<PreparedBurst, 'bodies' | 'truth'>,
  url: string,
  servicePids: readonly number[],
  { senders, patienceMs, say }: BurstOptions,
): Promise<Posted> {
  const usage = (): Posted['cpuSeconds'] => ({
    service: servicePids.reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0),
    postgres: usageOf(stack.postgresPid).cpuSeconds,
    temporal: usageOf(stack.temporalPid).cpuSeconds,
  });
  const load = startLoadGenerator();
  try {
    const before = usage();
    const began = Date.now();
    const posting = load.send({ url, token: stack.webhookToken, senders, bodies });
    // Told below, should the tables be waited for in vain.
    posting.catch(() => undefined);
    let saidAt = began;
    while (!(await truth.isReached())) {
      await sleep(LOOK_EVERY_MS);
      if (Date.now() - saidAt < SAY_EVERY_MS) continue;
      saidAt = Date.now();
      const { balances, accounts, transactions, wanted } = await truth.progress();
      const seconds = ((saidAt - began) / 1_000).toFixed(0);
      const line = `${seconds} s: ${transactions} of ${wanted} transactions, ${balances} of ${accounts} balances`;
      say(line);
      if (saidAt - began > patienceMs) throw new Error(`the tables are not the bank’s: ${line}`);
    }
    const current = Date.now();
    const after = usage();
    const sent = await posting;
    return {
      webhooks: bodies.length,
      acknowledgedSeconds: (sent.to - sent.from) / 1_000,
      currentSeconds: (current - sent.from) / 1_000,
      refused: sent.refused,
      cpuSeconds: {
        service: after.service - before.service,
        postgres: after.postgres - before.postgres,
        temporal: after.temporal - before.temporal,
      },
    };
  } finally {
    load.close();
    await truth.close();
  }
}
