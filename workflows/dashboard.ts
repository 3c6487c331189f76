import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { PRODUCTS } from '../config/product.ts';
import { deadline, pauseReason, statusOf, type AccountSyncState } from './account-state.ts';
import { searchAttributes } from './search-attributes.ts';

const isoOrNull = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** Keeps what the Temporal UI shows of this workflow in step with its state. Attributes are written only on change. */
export function createDashboard(state: AccountSyncState): { update(): void } {
  let shown: string | null = null;

  return {
    update() {
      setCurrentDetails(details(state));
      const products = PRODUCTS.map((name) => state.products[name]);
      const lastSuccess = Math.max(...products.map((product) => product.lastSuccessAt ?? 0));
      const next = deadline(state);
      const values = {
        status: statusOf(state),
        pauseReason: pauseReason(state) ?? 'none',
        interval: state.settings.interval ?? 'none',
        lastErrorType: products.find((product) => product.lastErrorKind)?.lastErrorKind ?? 'none',
        nextSync: next,
        lastSuccess: lastSuccess || null,
      };
      const key = JSON.stringify(values);
      if (key === shown) return;
      shown = key;
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
    ['Interval', state.settings.interval ?? 'none'],
    ['Products', state.settings.products.join(', ')],
    ['Next sync', isoOrNull(deadline(state)) ?? 'not planned'],
    ['Settings version', String(state.settings.version)],
  ];
  const products = PRODUCTS.map((name) => {
    const product = state.products[name];
    const error = product.lastErrorCode ? `${product.lastErrorCode} ×${product.failures}` : '';
    const due = product.due.join(', ');
    return `| ${name} | ${isoOrNull(product.lastSuccessAt) ?? 'never'} | ${due} | ${error} |`;
  });
  return [
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| Product | Last success | Due | Error |',
    '|---|---|---|---|',
    ...products,
  ].join('\n');
}
