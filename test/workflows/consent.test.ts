import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus, type Linked } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({ reconcileSeconds: 1 }));
});
afterAll(() => close());

const BALANCE = 'balance/refresh';
const TRANSACTIONS = 'transactions/refresh';
const BOTH = [BALANCE, TRANSACTIONS];

interface Account extends Linked {
  readonly id: string;
  readonly bankId: string;
}

async function active(accounts = 1): Promise<Account> {
  const linked = await link(freshet, bank, { accounts, transactions: 2 });
  for (const { account } of linked.accounts) await untilStatus(freshet, account, 'active');
  const [{ account: id, bank: bankId }] = linked.accounts;
  return { ...linked, id, bankId };
}

/** Answers with how to end it. */
async function fault(account: string, endpoints: readonly string[], what: object) {
  const ids: string[] = [];
  for (const endpoint of endpoints) {
    const body = { endpoint, account, ...what };
    ids.push((await bank.control('POST', '/faults', body)).fault.id);
  }
  return async (): Promise<void> => {
    for (const id of ids) await bank.control('DELETE', `/faults/${id}`);
  };
}

const login = (one: Linked, state: string) =>
  bank.control('POST', `/customers/${one.customer.customer.id}/login`, {
    state,
    webhooks: 'withhold',
  });

const refresh = (id: string, wait = 0) =>
  freshet.call('POST', `/v1/accounts/${id}/refresh`, { wait });

const linkAgain = ({ customer }: Linked) =>
  freshet.call('POST', '/v1/connections', {
    provider: 'okra',
    link: { customer: customer.customer.id, bank: customer.bank.id },
  });

const untilReason = (id: string, reason: string) =>
  eventually(
    async () => (await freshet.call('GET', `/v1/accounts/${id}`)).body.pause_reason === reason,
    { describe: `account ${id} to pause for ${reason}` },
  );

const untilSyncing = (id: string) =>
  eventually(
    async () => {
      const handle = freshet.temporal.workflow.getHandle(`account-sync:${id}`);
      return (await handle.query<{ syncing: string[] }>('state')).syncing.length > 0;
    },
    { everyMs: 20, describe: `account ${id} to sync` },
  );

/** What it was told of its states. */
const eventsOf = async (id: string): Promise<string[]> => {
  const rows = await freshet.db
    .selectFrom('events')
    .where('account_id', '=', id)
    .orderBy('id')
    .select('type')
    .execute();
  return rows.map(({ type }) => type).filter((type) => /^account\.(?!linked)/.test(type));
};

const outcomesOf = (answer: { body: { syncs: { outcome: string }[] } }): string[] =>
  answer.body.syncs.map(({ outcome }) => outcome);

describe('a sync that began before a new log-in', () => {
  it.each([
    [
      'the API',
      (one: Account) => freshet.call('POST', `/v1/connections/${one.connectionId}/reauthorized`),
    ],
    ['linking again', linkAgain],
  ])('pauses nothing, when told by %s', async (_, loggedIn) => {
    const one = await active(2);
    await fault(one.bankId, BOTH, { kind: 'login_required', latency_ms: 3_000, times: 1 });
    await refresh(one.id);
    await untilSyncing(one.id);
    expect((await loggedIn(one)).status).toBeLessThan(300);
    const refreshed = await refresh(one.id, 30);
    expect(outcomesOf(refreshed)).toEqual(['succeeded', 'succeeded']);
    await untilStatus(freshet, one.id, 'active');
    for (const { account } of one.accounts) {
      expect(await eventsOf(account)).not.toContain('account.reauth_required');
    }
    const { body } = await freshet.call('GET', `/v1/connections/${one.connectionId}`);
    expect(body.status).toBe('active');
  });
});

async function gone(): Promise<Account> {
  const one = await active(2);
  await login(one, 'revoked');
  await refresh(one.id);
  for (const { account } of one.accounts) await untilReason(account, 'provider_error');
  return one;
}

describe('a consent that has ended', () => {
  it('is known to need a new log-in once a try finds that out', async () => {
    const one = await gone();
    await login(one, 'required');
    await freshet.call('POST', `/v1/accounts/${one.id}/start`);
    for (const { account } of one.accounts) await untilReason(account, 'reauth_required');
    await login(one, 'ok');
    await freshet.call('POST', `/v1/connections/${one.connectionId}/reauthorized`);
    for (const { account } of one.accounts) await untilStatus(freshet, account, 'active');
  });

  it('stands again when the customer has logged in again', async () => {
    const one = await gone();
    await login(one, 'ok');
    await freshet.call('POST', `/v1/connections/${one.connectionId}/reauthorized`);
    for (const { account } of one.accounts) await untilStatus(freshet, account, 'active');
  });

  it('is no less ended for a start, and stands again with the first account that can be read', async () => {
    const one = await gone();
    const failed = await refresh(one.id, 30);
    expect(outcomesOf(failed)).toEqual(['failed', 'failed']);
    await freshet.call('POST', `/v1/accounts/${one.id}/start`);
    await untilReason(one.id, 'provider_error');
    await login(one, 'ok');
    expect(outcomesOf(await refresh(one.id, 30))).toEqual(['succeeded', 'succeeded']);
    for (const { account } of one.accounts) {
      await untilStatus(freshet, account, 'active');
      expect(await eventsOf(account)).toEqual(['account.paused', 'account.recovered']);
    }
  });
});

describe('an account that the bank knows no more', () => {
  it('pauses alone, whatever is learnt of the consent, until it can be read', async () => {
    const one = await active(2);
    const known = await fault(one.bankId, BOTH, {
      kind: 'refresh_fails',
      error_type: 'NO_RECORD_ID',
    });
    await refresh(one.id);
    await untilReason(one.id, 'provider_error');
    const sibling = one.accounts[1]?.account ?? '';
    expect((await freshet.call('GET', `/v1/accounts/${sibling}`)).body.status).toBe('active');

    // A new log-in has it tried at once, and proves nothing.
    const before = await failuresOf(one.id);
    await freshet.call('POST', `/v1/connections/${one.connectionId}/reauthorized`);
    await eventually(async () => (await failuresOf(one.id)) >= before + 2);
    expect(await eventsOf(one.id)).toEqual(['account.paused']);
    await known();
    await freshet.call('POST', `/v1/accounts/${one.id}/start`);
    await untilStatus(freshet, one.id, 'active');
    expect(await eventsOf(one.id)).toEqual(['account.paused', 'account.recovered']);
    expect(await eventsOf(sibling)).toEqual([]);
  });
});

describe('linking again', () => {
  it('has an account tried at once whose provider had failed on and on', async () => {
    const one = await active();
    await fault(one.bankId, BOTH, { kind: 'refresh_fails', error_type: 'FLAGGED_USER', times: 8 });
    for (let failures = 2; failures <= 16; failures += 2) {
      await refresh(one.id);
      await eventually(async () => (await failuresOf(one.id)) >= failures);
    }
    await untilReason(one.id, 'provider_error');
    await linkAgain(one);
    await untilStatus(freshet, one.id, 'active');
  });
});

describe('a refresh that is asked for while a sync is failing', () => {
  it('is run at once, not after the wait that the failure asks for', async () => {
    const one = await active();
    await fault(one.bankId, BOTH, {
      kind: 'refresh_fails',
      error_type: 'FLAGGED_USER',
      latency_ms: 2_000,
      times: 1,
    });
    await refresh(one.id);
    await untilSyncing(one.id);
    expect(outcomesOf(await refresh(one.id, 30))).toEqual(['succeeded', 'succeeded']);
  });
});

async function failuresOf(account: string): Promise<number> {
  const { count } = await freshet.db
    .selectFrom('sync_runs')
    .where('account_id', '=', account)
    .where('status', '=', 'failed')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
