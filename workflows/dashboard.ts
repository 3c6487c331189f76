import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { PRODUCTS } from '../config/product.ts';
import { deadline, pauseReason, statusOf, type AccountSyncState } from './account-state.ts';
import { searchAttributes } from './search-attributes.ts';

const shown = (time: number | null, otherwise: string): string =>
  time === null ? otherwise : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * Keeps what the Temporal UI shows of this workflow in step with its state. Attributes are written
 * only on change.
 */
export function createDashboard(
  state: AccountSyncState,
  isBusy: () => boolean,
): { update(): void } {
  let written: string | null = null;
  let status: string | null = null;

  return {
    update() {
      setCurrentDetails(details(state));
      const products = PRODUCTS.map((name) => state.products[name]);
      const lastSuccess = Math.max(...products.map((product) => product.lastSuccessAt ?? 0));
      const next = deadline(state);
      const values = {
        status: statusOf(state),
        pauseReason: pauseReason(state) ?? 'none',
        interval: state.settings.effectiveInterval ?? 'none',
        lastErrorType: products.find((product) => product.lastErrorKind)?.lastErrorKind ?? 'none',
        nextSync: next,
        lastSuccess: lastSuccess || null,
      };
      const key = JSON.stringify(values);
      const newStatus = `${values.status} ${values.pauseReason}`;
      // Two products that end one after the other are one event, unless the status is at stake.
      if (key === written || (isBusy() && newStatus === status)) return;
      written = key;
      status = newStatus;
      upsertSearchAttributes([
        { key: searchAttributes.status, value: values.status },
        { key: searchAttributes.pauseReason, value: values.pauseReason },
        { key: searchAttributes.interval, value: values.interval },
        { key: searchAttributes.lastErrorType, value: values.lastErrorType },
        { key: searchAttributes.nextSync, value: next === null ? null : new Date(next) },
        { key: searchAttributes.lastSuccess, value: lastSuccess ? new Date(lastSuccess) : null },
      ]);
    },
  };
}

function details(state: AccountSyncState): string {
  const reason = pauseReason(state);
  const rows = [
    ['Status', reason ? `paused (${reason})` : statusOf(state)],
    ['Provider', state.provider],
    ['Interval', intervalOf(state)],
    ['Products', state.settings.products.join(', ')],
    [reason ? 'Next try' : 'Next sync', shown(deadline(state), 'not planned')],
    ['Settings version', String(state.settings.version)],
  ];
  const products = PRODUCTS.map((name) => {
    const { lastErrorCode, failures, due, lastSuccessAt } = state.products[name];
    const error = lastErrorCode ? `${lastErrorCode} (${failures} in a row)` : '';
    return row(name, shown(lastSuccessAt, 'never'), due.join(', '), error);
  });
  return [
    '| | |',
    '|---|---|',
    ...rows.map((cells) => row(...cells)),
    '',
    row('Product', 'Last success', 'Due', 'Last error'),
    '|---|---|---|---|',
    ...products,
  ].join('\n');
}

function intervalOf({ settings }: AccountSyncState): string {
  const { interval, effectiveInterval } = settings;
  if (interval === null) return 'none: by webhooks and by hand';
  return interval === effectiveInterval
    ? interval
    : `${effectiveInterval} (asked for: ${interval})`;
}

/** The UI draws tables without any space between columns. */
const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => `${cell}\u2003`).join(' | ')} |`;
