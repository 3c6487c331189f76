import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accountLabel } from '../../dev/account-labels.ts';
import { printSyncs } from '../../dev/sync-lines.ts';
import { eventually } from '../support/eventually.ts';

function finished(fields: object): string {
  return `${JSON.stringify({
    time: '2026-11-23T06:24:44.000Z',
    accountId: 'a-1',
    product: 'transaction',
    triggers: ['webhook'],
    outcome: 'succeeded',
    ...fields,
    msg: 'sync finished',
  })}\n`;
}

test('a line for each sync that the worker logs, and for nothing else', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'freshet-lines-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'worker.log');
  writeFileSync(file, `not JSON\n{"msg":"worker ready"}\n${finished({ added: 2, removed: 1 })}`);
  const stop = new AbortController();
  const lines: string[] = [];
  const printing = printSyncs({
    file,
    label: async (id) => `label of ${id}`,
    signal: stop.signal,
    write: (text) => lines.push(text.slice('00:00:00  '.length)),
  });
  await eventually(() => lines.length === 1);

  const later = finished({ product: 'balance', triggers: ['schedule', 'manual'], changed: 0 });
  appendFileSync(file, later.slice(0, 20));
  appendFileSync(file, later.slice(20));
  appendFileSync(file, finished({ outcome: 'failed', errorCode: 'bank_down' }));
  await eventually(() => lines.length === 3);
  stop.abort();
  await printing;

  const label = 'label of a-1'.padEnd(30);
  expect(lines).toEqual([
    `${label}  transaction  webhook    changed +2 -1\n`,
    `${label}  balance      schedule+manual  unchanged\n`,
    `${label}  transaction  webhook    failed (bank_down)\n`,
  ]);
});

test('an account is called by its institution, type and last digits', () => {
  const account = { id: 'a-1', provider_account_id: 'p-1' };
  const known = { institution: 'Cowrie Trust', type: 'Savings', number: '0123451234' };
  expect(accountLabel({ ...account, ...known })).toBe('Cowrie Trust savings ••1234');
  expect(accountLabel({ ...account, institution: null, type: null, number: null })).toBe('a-1');
});
