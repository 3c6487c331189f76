import type { State } from './state.ts';

const WEBHOOKS_KEPT = 10_000;
const RECORDS_KEPT = 20_000;

/** Drops the oldest webhook when there are too many. */
export function forgetWebhooks({ webhooks }: State): void {
  const [oldest] = webhooks.keys();
  if (webhooks.size > WEBHOOKS_KEPT && oldest !== undefined) webhooks.delete(oldest);
}

/** Drops the oldest ended record when there are too many; those of links stay. */
export function forgetRecords({ records }: State): void {
  if (records.size <= RECORDS_KEPT) return;
  for (const { id, source, status } of records.values()) {
    if (source === 'link' || status === 'running') continue;
    records.delete(id);
    return;
  }
}
