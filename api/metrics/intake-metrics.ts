import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What has become of a signal: `left` is for the reconciler. */
export type SignalOutcome = 'sent' | 'failed' | 'left';

/** What the intake of webhooks counts. Labels are names from our own lists, never anything of a sender. */
export interface IntakeMetrics {
  /** A webhook is stored, durably, or was before. */
  acknowledged(provider: string, outcome: 'stored' | 'duplicate', seconds: number): void;
  /** It is not: `outcome` is the code of the answer. `provider` is never what a stranger wrote. */
  refused(provider: string, outcome: string): void;
  /** So many were stored in one round trip. */
  committed(webhooks: number): void;
  signalled(outcome: SignalOutcome): void;
  /** Asks for how many wait to be stored, whenever somebody looks. */
  showWaiting(count: () => number): void;
}

/** Seconds: an acknowledgement is to take some milliseconds, and never ten seconds. */
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WEBHOOKS = [1, 2, 5, 10, 20, 50, 100, 200];

export function createIntakeMetrics(registry: Registry): IntakeMetrics {
  const registers = [registry];
  const received = new Counter({
    name: 'freshet_webhooks_received_total',
    help: 'Webhooks that came, by what became of them',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'freshet_webhook_acknowledgement_seconds',
    help: 'How long it took until a webhook was acknowledged',
    labelNames: ['provider'],
    buckets: SECONDS,
    registers,
  });
  const batches = new Histogram({
    name: 'freshet_webhook_batch_size',
    help: 'How many webhooks were stored in one round trip',
    buckets: WEBHOOKS,
    registers,
  });
  const signals = new Counter({
    name: 'freshet_webhook_signals_total',
    help: 'Signals to the workflows of accounts that webhooks concern',
    labelNames: ['outcome'],
    registers,
  });
  const waiting = { count: () => 0 };
  const gauge: Gauge = new Gauge({
    name: 'freshet_webhooks_being_stored',
    help: 'Webhooks that wait for the database',
    registers,
    collect: () => gauge.set(waiting.count()),
  });
  return {
    acknowledged(provider, outcome, seconds) {
      received.inc({ provider, outcome });
      durations.observe({ provider }, seconds);
    },
    refused: (provider, outcome) => received.inc({ provider, outcome }),
    committed: (webhooks) => batches.observe(webhooks),
    signalled: (outcome) => signals.inc({ outcome }),
    showWaiting(count) {
      waiting.count = count;
    },
  };
}
