import { each } from '../support/each.ts';
import { eventually } from '../support/eventually.ts';
import type { Freshet } from '../support/start-freshet.ts';

/** A balance webhook of the bank's, as text, with the balance and time of the test's choice. */
export function balanceBody(
  from: string,
  { ledger, at }: { readonly ledger: string; readonly at: Date },
): string {
  const event = JSON.parse(from);
  const balance = { ...event.balance, ledger_balance: Number(ledger), available_balance: null };
  return JSON.stringify({ ...event, started_at: at, ended_at: at, balance });
}

/** Posts a webhook with its proof. Answers with the status. */
export async function post(freshet: Freshet, body: string | Uint8Array): Promise<number> {
  const response = await fetch(`${freshet.url}/webhooks/okra`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${freshet.webhookToken}`,
    },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Posts them in their order, some at a time, and again where it is told to come again. */
export async function postAll(
  freshet: Freshet,
  bodies: readonly string[],
  atATime: number,
): Promise<void> {
  await each(bodies, atATime, (body) =>
    eventually(async () => (await post(freshet, body)) === 200, { describe: 'a 200' }),
  );
}
