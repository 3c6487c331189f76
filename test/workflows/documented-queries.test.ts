import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

const page = await readFile(new URL('../../docs/temporal-ui.md', import.meta.url), 'utf8');

/** The page's queries, by the heading that they stand under. */
const queries = page.split(/^### /m).flatMap((section) => {
  const heading = section.slice(0, section.indexOf('\n'));
  const blocks = [...section.matchAll(/^```sql\n(.*?)\n```$/gms)];
  return blocks.map(([, query = ''], index) => ({ name: `${heading} ${index + 1}`, query }));
});

/** The workflows that a query finds, by the names that they have here, read at a time of day. */
interface Case {
  readonly finds: readonly string[];
  /** As if it were so many minutes later. */
  readonly later?: number;
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'Waiting for re-authentication at one provider 1': [{ finds: ['waits'] }],
  'Refused by the provider 1': [{ finds: ['refused'] }],
  'Paused by the user 1': [{ finds: ['paused'] }],
  'Failing for more than an hour 1': [
    { finds: ['never read'] },
    { later: 65, finds: ['failing', 'never read'] },
  ],
  'Failing, by the kind of error 1': [{ finds: ['failing', 'never read'] }],
  'Failing, by the kind of error 2': [{ finds: [] }],
  'Syncing in the next ten minutes 1': [{ finds: ['by the minute'] }],
  'Late 1': [{ finds: [] }, { later: 20, finds: ['by the minute'] }],
  'First scans under way 1': [{ finds: ['scanned'] }],
  'Refreshed at an interval 1': [{ finds: ['by the minute'] }],
  'Links and unlinks in progress 1': [{ finds: ['a link', 'an unlink'] }],
  "Customers at a provider's page 1": [{ finds: ['a session'] }],
  'Deliveries in progress 1': [{ finds: ['a delivery'] }],
  'One account 1': [{ finds: ['paused'] }],
  'Ended though nobody unlinked it 1': [{ finds: ['killed'] }],
};

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
/** From a workflow's id to its name here. */
const names = new Map<string, string>();

beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank());
  await Promise.all([
    account('paused').then(({ id }) => freshet.call('POST', `/v1/accounts/${id}/pause`)),
    account('by the minute', { refresh: { interval: 'one_minute' } }),
    account('waits').then(({ id, customer }) => logOut(id, customer, 'required')),
    account('refused').then(({ id, customer }) => logOut(id, customer, 'revoked')),
    account('failing').then(({ id, bankId }) => breakDown(bankId, '429').then(() => refresh(id))),
    account('never read', { fault: '429', until: 'failing' }),
    account('scanned', { fault: 'hang', until: 'scanning' }),
    account('unlinked').then(({ connectionId }) =>
      freshet.call('DELETE', `/v1/connections/${connectionId}`),
    ),
    account('killed').then(({ id }) =>
      freshet.temporal.workflow.getHandle(`account-sync:${id}`).terminate(),
    ),
    start('a link', 'connectionLink'),
    start('an unlink', 'connectionUnlink'),
    start('a delivery', 'endpointDelivery'),
    start('a session', 'linkSession'),
  ]);
}, 120_000);
afterAll(() => close());

interface Wanted {
  readonly refresh?: unknown;
  /** At the bank, from before the link. */
  readonly fault?: string;
  readonly until?: string;
}

async function account(name: string, { refresh = false, fault, until = 'active' }: Wanted = {}) {
  const made = await bank.createCustomer({ accounts: 1, transactions: 2 });
  const bankId = made.accounts[0]?.id ?? '';
  if (fault) await breakDown(bankId, fault);
  const { accounts, connectionId } = await link(freshet, bank, made, refresh);
  const id = accounts[0].account;
  names.set(`account-sync:${id}`, name);
  await untilStatus(freshet, id, until);
  return { id, bankId, connectionId, customer: made.customer.id };
}

async function breakDown(bankAccount: string, kind: string): Promise<void> {
  for (const endpoint of ['balance/refresh', 'transactions/refresh']) {
    const fault = { endpoint, kind, account: bankAccount };
    await bank.control('POST', '/faults', {
      ...fault,
      ...(kind === '429' ? { retry_after_s: 3_000 } : {}),
    });
  }
}

async function logOut(id: string, customer: string, state: string): Promise<void> {
  await bank.control('POST', `/customers/${customer}/login`, { state, webhooks: 'withhold' });
  await refresh(id);
}

const refresh = (id: string) => freshet.call('POST', `/v1/accounts/${id}/refresh`, { wait: 30 });

/** A workflow that nobody works on. */
async function start(name: string, type: string): Promise<void> {
  const workflowId = `${type}:test`;
  names.set(workflowId, name);
  await freshet.temporal.workflow.start(type, { workflowId, taskQueue: 'nobody' });
}

function filled(query: string, later: number): string {
  const at = (minutes: number) =>
    new Date(Date.now() + (later + minutes) * 60_000).toISOString().slice(0, 19) + 'Z';
  const [paused = ''] = [...names].find(([, name]) => name === 'paused') ?? [];
  return query
    .replace('<now>', at(0))
    .replace('<in ten minutes>', at(10))
    .replace('<five minutes ago>', at(-5))
    .replace('<an hour ago>', at(-60))
    .replace('account-sync:<account id>', paused);
}

async function found(query: string): Promise<string[]> {
  const rows = await Array.fromAsync(freshet.temporal.workflow.list({ query }));
  const ids = new Set(rows.map(({ workflowId }) => workflowId));
  return [...ids].map((id) => names.get(id) ?? id).toSorted();
}

describe('the queries of docs/temporal-ui.md', () => {
  it('are all tried here', () => {
    expect(queries.map(({ name }) => name)).toEqual(Object.keys(CASES));
  });

  it.each(
    queries.flatMap(({ name, query }) =>
      (CASES[name] ?? []).map(({ finds, later = 0 }) => ({ name, query, finds, later })),
    ),
  )('$name, $later minutes later: $finds', async ({ query, finds, later }) => {
    expect(filled(query, later)).not.toContain('<a');
    await expect.poll(() => found(filled(query, later)), { timeout: 20_000 }).toEqual(finds);
  });
});
