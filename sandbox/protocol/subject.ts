import type { Bank } from '../bank.ts';

/** What a call is about, as far as its input tells: for the log and for the filters of faults. */
export interface Subject {
  readonly account: string | null;
  readonly customer: string | null;
  readonly record: string | null;
  readonly page: number | null;
  readonly limit: number | null;
}

/** Reads the subject out of any input, valid or not. Refuses nothing. */
export function subjectOf({ world }: Bank, endpoint: string, input: object): Subject {
  const fields = input as Readonly<Record<string, unknown>>;
  const record = text(fields['record_id']) ?? text(fields['record']);
  const known = record === null ? undefined : world.state.records.get(record);
  const [only, ...more] = known?.accountIds ?? [];
  const account =
    text(fields['account']) ??
    text(fields['account_id']) ??
    (endpoint === 'accounts/getById' ? text(fields['id']) : null) ??
    (more.length === 0 ? (only ?? null) : null);
  const owner = account === null ? undefined : world.state.accounts.get(account);
  return {
    account,
    customer: text(fields['customer']) ?? owner?.details.customerId ?? known?.customerId ?? null,
    record,
    page: whole(fields['page']),
    limit: whole(fields['limit']),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function whole(value: unknown): number | null {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : null;
  return Number.isInteger(number) ? number : null;
}
