import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, type Linked } from '../support/link.ts';
import type { TestBank } from '../support/start-bank.ts';
import type { Freshet } from '../support/start-freshet.ts';

let freshet: Freshet;
let bank: TestBank;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ freshet, bank, close } = await startFreshetWithBank({
    pace: { firstRetryMs: 300, longestRetryMs: 300, failuresToPause: 2, goneRetryMs: 400 },
    reconcileSeconds: 1,
  }));
});
afterAll(() => close());

/** A walk: an account is brought into its first state, then into the next. */
type Walk = () => Promise<void>;

const RUNNING = ['scanning', 'active', 'failing'];

interface Walker extends Linked {
  readonly id: string;
  call(method: string, path: string, body?: unknown): Promise<void>;
  login(state: string, webhooks?: string): Promise<void>;
  breakDown(...endpoints: string[]): Promise<void>;
  mend(): Promise<void>;
  /** Waits for `running`, `unlinked`, a status, or the reason of a pause. */
  until(state: string): Promise<void>;
}

const BALANCE = 'balance/refresh';
const TRANSACTIONS = 'transactions/refresh';

/** An account of its own; `before` happens at the bank before it is linked. */
async function walker(
  refresh: unknown = false,
  before: (bankAccount: string) => Promise<void> = () => Promise.resolve(),
): Promise<Walker> {
  const customer = await bank.createCustomer({ accounts: 1, transactions: 2 });
  await before(customer.accounts[0]?.id ?? '');
  const linked = await link(freshet, bank, customer, refresh);
  const [{ account: id, bank: bankId }] = linked.accounts;
  return {
    ...linked,
    id,
    async call(method, path, body) {
      const { status } = await freshet.call(method, path, body);
      expect(status).toBeLessThan(300);
    },
    async login(state, webhooks = 'withhold') {
      const path = `/customers/${customer.customer.id}/login`;
      await bank.control('POST', path, { state, webhooks });
    },
    breakDown: (...endpoints) => breakDown(bankId, ...endpoints),
    async mend() {
      const faults = (await bank.control('GET', '/faults')).faults as {
        id: string;
        account?: string;
      }[];
      for (const fault of faults.filter(({ account }) => account === bankId)) {
        await bank.control('DELETE', `/faults/${fault.id}`);
      }
    },
    async until(state) {
      await eventually(
        async () => {
          const { body } = await freshet.call('GET', `/v1/accounts/${id}`);
          const now = body.pause_reason ?? body.status;
          return state === 'running' ? RUNNING.includes(now) : now === state;
        },
        { timeoutMs: 25_000, everyMs: 20, describe: `account ${id} to be ${state}` },
      );
    },
  };
}

/** Refreshes of the account fail, and not in passing: no attempt is repeated. */
async function breakDown(account: string, ...endpoints: string[]): Promise<void> {
  for (const endpoint of endpoints.length > 0 ? endpoints : [BALANCE, TRANSACTIONS]) {
    const fault = { kind: 'refresh_fails', error_type: 'FLAGGED_USER' };
    await bank.control('POST', '/faults', { ...fault, endpoint, account });
  }
}

const slow = (account: string, endpoint: string) =>
  bank.control('POST', '/faults', { endpoint, account, kind: 'latency', latency_ms: 2_500 });

async function active(refresh: unknown = false): Promise<Walker> {
  const one = await walker(refresh);
  await one.until('active');
  return one;
}

async function inState(state: string): Promise<Walker> {
  const one = await active();
  if (state === 'user') await one.call('POST', `/v1/accounts/${one.id}/pause`);
  else if (state === 'reauth_required') await one.login('required', 'send');
  else if (state === 'provider_error') {
    await one.breakDown();
    await one.call('POST', `/v1/accounts/${one.id}/refresh`);
  }
  await one.until(state === 'running' ? 'active' : state);
  return one;
}

const unlinked =
  (from: string): Walk =>
  async () => {
    const one = await inState(from);
    await one.call('DELETE', `/v1/connections/${one.connectionId}`);
    await one.until('unlinked');
  };

const pausedFrom =
  (from: string): Walk =>
  async () => {
    const one = await inState(from);
    await one.call('POST', `/v1/accounts/${one.id}/pause`);
    await one.until('user');
  };

/** Pauses, has the bank say something of the log-in, and starts again. */
const startedAfter =
  (login: string, reason: string): Walk =>
  async () => {
    const one = await inState('user');
    await one.login(login, 'send');
    await eventually(async () => {
      const { body } = await freshet.call('GET', `/v1/connections/${one.connectionId}`);
      return body.status !== 'active';
    });
    await one.call('POST', `/v1/accounts/${one.id}/start`);
    await one.until(reason);
  };

const edges: Record<string, Walk> = {
  '[*] --> running': async () => (await walker()).until('running'),
  '[*] --> scanning': async () => {
    const one = await walker(false, (id) => slow(id, TRANSACTIONS));
    await one.until('scanning');
    await one.mend();
  },
  'scanning --> active': async () => {
    const one = await walker(false, (id) => slow(id, TRANSACTIONS));
    await one.until('scanning');
    await one.until('active');
  },
  'scanning --> failing': async () => {
    const one = await walker(false, async (id) => {
      await slow(id, BALANCE);
      await breakDown(id, BALANCE);
    });
    await one.until('scanning');
    await one.until('failing');
  },
  'active --> failing': async () => {
    const one = await active();
    await one.breakDown(BALANCE);
    await one.call('POST', '/v1/balance/refresh', { account_id: one.id });
    await one.until('failing');
  },
  'active --> scanning': async () => {
    const one = await active({ products: ['balance'] });
    await slow(one.accounts[0].bank, TRANSACTIONS);
    await one.call('PATCH', `/v1/accounts/${one.id}/settings`, {
      products: ['balance', 'transaction'],
    });
    await one.until('scanning');
    await one.until('active');
  },
  'failing --> active': async () => {
    const one = await active();
    await one.breakDown(TRANSACTIONS);
    await one.call('POST', '/v1/transactions/refresh', { account_id: one.id });
    await one.until('failing');
    await one.mend();
    await one.until('active');
  },
  'failing --> scanning': async () => {
    const one = await walker(false, async (id) => {
      await breakDown(id, BALANCE);
      await bank.control('POST', '/faults', {
        endpoint: TRANSACTIONS,
        account: id,
        kind: 'latency',
        latency_ms: 6_000,
      });
    });
    await one.until('failing');
    await one.mend();
    await one.until('scanning');
  },
  'running --> user': pausedFrom('running'),
  'reauth_required --> user': pausedFrom('reauth_required'),
  'provider_error --> user': pausedFrom('provider_error'),
  'running --> reauth_required': async () => {
    const one = await active();
    await one.login('required');
    await one.call('POST', `/v1/accounts/${one.id}/refresh`);
    await one.until('reauth_required');
  },
  'running --> provider_error': async () => {
    const gone = await active();
    await gone.login('revoked');
    await gone.call('POST', `/v1/accounts/${gone.id}/refresh`);
    await gone.until('provider_error');
    await inState('provider_error');
  },
  'user --> running': async () => {
    const one = await inState('user');
    await one.call('POST', `/v1/accounts/${one.id}/start`);
    await one.until('active');
  },
  'user --> reauth_required': startedAfter('required', 'reauth_required'),
  'user --> provider_error': startedAfter('revoked', 'provider_error'),
  'reauth_required --> running': async () => {
    const one = await inState('reauth_required');
    await one.login('ok', 'send');
    await one.until('active');
  },
  'reauth_required --> provider_error': async () => {
    const one = await inState('reauth_required');
    await one.login('revoked', 'send');
    await one.until('provider_error');
  },
  'provider_error --> running': async () => {
    const failing = await inState('provider_error');
    await failing.mend();
    await failing.until('active');

    // Nobody tells that the consent stands again: it is tried.
    const gone = await active();
    await gone.login('revoked', 'send');
    await gone.until('provider_error');
    await gone.login('ok');
    await gone.until('active');
    const { body } = await freshet.call('GET', `/v1/connections/${gone.connectionId}`);
    expect(body.status).toBe('active');
  },
  'provider_error --> reauth_required': async () => {
    const one = await inState('provider_error');
    await one.login('required', 'send');
    await one.until('reauth_required');
  },
  'running --> unlinked': unlinked('running'),
  'user --> unlinked': unlinked('user'),
  'reauth_required --> unlinked': unlinked('reauth_required'),
  'provider_error --> unlinked': unlinked('provider_error'),
};

describe('the state diagram in ARCHITECTURE.md (invariant 9)', () => {
  it('has no arrow that is not walked here', async () => {
    const page = await readFile(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
    const [, diagram = ''] = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(page) ?? [];
    const drawn = [...diagram.matchAll(/^\s*(\S+) --> (\w+)/gm)].map(([, a, b]) => `${a} --> ${b}`);
    expect(drawn.sort()).toEqual(Object.keys(edges).sort());
  });

  it.concurrent.each(Object.entries(edges))(
    '%s',
    async (_edge, walk) => {
      // Each waits for the states that it goes through.
      await expect(walk()).resolves.toBeUndefined();
    },
    60_000,
  );
});

describe('a consent', () => {
  it('moves all accounts of its connection together, and resumes those that it paused', async () => {
    const customer = await bank.createCustomer({ accounts: 3 });
    const { accounts, connectionId } = await link(freshet, bank, customer);
    const [one, two, byUser] = accounts;
    const states = async () => {
      const { body } = await freshet.call('GET', `/v1/connections/${connectionId}`);
      return new Map<string, string>(
        body.accounts.map((account: { id: string; pause_reason: string; status: string }) => [
          account.id,
          account.pause_reason ?? account.status,
        ]),
      );
    };
    const untilAll = (wanted: Record<string, string>) =>
      eventually(
        async () => {
          const now = await states();
          return Object.entries(wanted).every(([id, state]) => now.get(id) === state);
        },
        { describe: JSON.stringify(wanted) },
      );
    const ids = [one.account, two?.account ?? '', byUser?.account ?? ''] as const;
    await untilAll({ [ids[0]]: 'active', [ids[1]]: 'active', [ids[2]]: 'active' });
    await freshet.call('POST', `/v1/accounts/${ids[2]}/pause`);

    // One account's sync finds it out; the bank tells nobody.
    const login = `/customers/${customer.customer.id}/login`;
    await bank.control('POST', login, { state: 'required', webhooks: 'withhold' });
    await freshet.call('POST', `/v1/accounts/${ids[0]}/refresh`);
    await untilAll({ [ids[0]]: 'reauth_required', [ids[1]]: 'reauth_required', [ids[2]]: 'user' });

    await bank.control('POST', login, { state: 'ok', webhooks: 'withhold' });
    await freshet.call('POST', `/v1/connections/${connectionId}/reauthorized`);
    await untilAll({ [ids[0]]: 'active', [ids[1]]: 'active', [ids[2]]: 'user' });
  });
});
