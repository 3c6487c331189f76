import { setTimeout as sleep } from 'node:timers/promises';
import { postWebhook, type WebhookAnswer } from './post-webhook.ts';

/** Delivers webhooks as a bank does: again and again, until they are acknowledged. */
export interface BankSender {
  /** Resolves when it has been acknowledged, or the sender was stopped. */
  deliver(body: string): Promise<void>;
  /** What was acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** How often each was sent, whatever came of it. */
  readonly attempts: ReadonlyMap<string, number>;
  /** How often each answer was given; `none` where there was none. */
  readonly answers: ReadonlyMap<string, number>;
  /** The answers that are neither a 200 nor a 503 with `Retry-After`. */
  readonly unexpected: readonly string[];
  stop(): void;
}

export interface BankSenderOptions {
  /** Each attempt goes to any of them, as through a load balancer. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly random: () => number;
  /** How many attempts may run at a time. */
  readonly atATime: number;
  /** The pause after an attempt that failed, half as much more or less. */
  readonly pauseMs: number;
}

export function createBankSender(options: BankSenderOptions): BankSender {
  const { urls, token, random, pauseMs } = options;
  const acknowledged = new Set<string>();
  const attempts = new Map<string, number>();
  const answers = new Map<string, number>();
  const unexpected: string[] = [];
  const waiting: (() => void)[] = [];
  let free = options.atATime;
  const stopping = new AbortController();

  async function attempt(body: string): Promise<WebhookAnswer> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      attempts.set(body, (attempts.get(body) ?? 0) + 1);
      const url = urls[Math.floor(random() * urls.length)] ?? '';
      return await postWebhook(url, { body, token });
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  function note({ status, retryAfter, body }: WebhookAnswer): void {
    const answer = String(status ?? 'none');
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    const isExpected = status === null || status === 200 || (status === 503 && retryAfter !== null);
    if (!isExpected) unexpected.push(`${status}: ${body}`);
  }

  return {
    acknowledged,
    attempts,
    answers,
    unexpected,
    async deliver(body) {
      while (!stopping.signal.aborted) {
        const answer = await attempt(body);
        note(answer);
        if (answer.status === 200) {
          acknowledged.add(body);
          return;
        }
        await sleep(pauseMs * (0.5 + random()));
      }
    },
    stop() {
      stopping.abort();
    },
  };
}
