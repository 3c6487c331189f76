/** One webhook in so many tells of transactions, the others of a balance. */
const TRANSACTIONS_EVERY = 5;

type Sample = Record<string, unknown> & { readonly code: string };

/**
 * `count` webhooks, no two alike, in the form of those that the bank has sent: by turns of its
 * accounts, each with a record, a time and, where it has one, a balance of its own.
 */
export function varyBodies(samples: readonly string[], count: number): string[] {
  const parsed = samples.map((sample) => JSON.parse(sample) as Sample);
  const balances = parsed.filter(({ code }) => code === 'BALANCE_SUCCESS');
  const transactions = parsed.filter(({ code }) => code === 'PERIODIC_TRANSACTIONS');
  const began = Date.now();
  return Array.from({ length: count }, (_, number) => {
    const kind = number % TRANSACTIONS_EVERY === 0 ? transactions : balances;
    // Whatever the kinds' share, every account gets some of each.
    const sample = kind[(number + Math.floor(number / kind.length)) % kind.length];
    if (!sample) throw new Error('no sample of a webhook');
    return JSON.stringify(vary(sample, number, new Date(began + number).toISOString()));
  });
}

function vary(sample: Sample, number: number, at: string): object {
  const record = number.toString(16).padStart(24, '0');
  const { balance } = sample;
  return {
    ...sample,
    started_at: at,
    ended_at: at,
    record,
    recordId: record,
    callback_url: String(sample['callback_url']).replace(/record=[^&]*/, `record=${record}`),
    ...(typeof balance === 'object' && { balance: { ...balance, ledger_balance: number + 0.25 } }),
  };
}
