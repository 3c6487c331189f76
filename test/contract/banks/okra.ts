import { startBank } from '../../support/start-bank.ts';
import { plain, type Bank, type BankKind, type Call, type Customer, type End } from '../bank.ts';
import { startOkraWire } from './okra-wire.ts';

const DAY_MS = 86_400_000;

const idOf = ({ mark }: Customer): string => mark;

/** The sandbox bank, which speaks Okra's protocol. */
export const okra: BankKind = {
  name: 'okra',
  cannot: {
    'proof of the body': 'its proof is a shared token',
    'expiring proof': 'its proof is a shared token',
    'recovery by reading':
      'a read that succeeds does not show that the customer has consented again',
    restart: 'its pages are numbered, and it never says that they have moved',
  },
  async start({ skewMs = 0 } = {}) {
    const bank = await startBank();
    const { control } = bank;
    if (skewMs > 0) await control('POST', '/clock', { advance_ms: skewMs });
    if (skewMs < 0) {
      await control('POST', '/clock', { now: new Date(Date.now() + skewMs).toISOString() });
    }
    const wire = await startOkraWire(bank.url);
    const customerOf = new Map<string, string>();

    const login = async (customer: Customer, state: string, how?: 'quiet'): Promise<void> => {
      const webhooks = how === 'quiet' ? 'withhold' : 'send';
      await control('POST', `/customers/${idOf(customer)}/login`, { state, webhooks });
    };

    const fault = async (customer: Customer, wanted: object): Promise<End> => {
      const about = [
        { customer: idOf(customer) },
        ...customer.accounts.map((account) => ({ account })),
      ];
      const ends = await Promise.all(
        about.map((one) => bank.fault({ endpoint: '*', ...wanted, ...one })),
      );
      return async () => {
        await Promise.all(ends.map((end) => end()));
      };
    };

    return {
      name: 'okra',
      env: {
        FRESHET_OKRA_BASE_URL: `${wire.url}/v2`,
        FRESHET_OKRA_SECRET_KEY: bank.secretKey,
        FRESHET_OKRA_WEBHOOK_TOKEN: bank.webhookToken,
      },
      proofHeader: 'authorization',
      async sendWebhooksTo(url) {
        await control('PUT', '/webhooks/target', { url, token: bank.webhookToken });
      },
      async open({ accounts = 1, transactions = 0, balance } = {}) {
        const one = {
          transactions,
          ...(balance !== undefined && { balance: { ledger: balance } }),
        };
        const made = await bank.createCustomer({
          accounts: Array.from({ length: accounts }, () => one),
        });
        const [first, ...rest] = made.accounts.map(({ id }) => id);
        for (const { id } of made.accounts) customerOf.set(id, made.customer.id);
        return {
          link: { customer: made.customer.id, bank: made.bank.id },
          mark: made.customer.id,
          accounts: [first ?? '', ...rest],
        };
      },
      async book(account, { amount, pending = false, description, daysAgo = 0 }) {
        const { now } = await control('GET', '/clock');
        const { transactions } = await control('POST', `/accounts/${account}/transactions`, {
          amount,
          pending,
          ...(description !== undefined && { description }),
          ...(daysAgo > 0 && { date: new Date(Date.parse(now) - daysAgo * DAY_MS).toISOString() }),
          webhooks: 'withhold',
        });
        return transactions[0].id;
      },
      async post(_account, transaction) {
        const { transactions } = await control('POST', `/transactions/${transaction}/post`, {
          mode: 'new_id',
          webhooks: 'withhold',
        });
        return transactions[0].id;
      },
      async alter(_account, transaction, amount) {
        await control('PATCH', `/transactions/${transaction}`, { amount, webhooks: 'withhold' });
      },
      async remove(_account, transaction) {
        await control('DELETE', `/transactions/${transaction}`, { webhooks: 'withhold' });
      },
      async setBalance(account, ledger) {
        await control('PUT', `/accounts/${account}/balance`, { ledger, webhooks: 'withhold' });
      },
      async truth(account) {
        const { balance, transactions } = await bank.truth(account);
        return {
          balance: { current: plain(balance.ledger), available: plain(balance.available) },
          transactions: transactions.map((one) => ({
            id: one.id,
            amount: plain(one.amount),
            currency: one.currency,
            status: one.status,
            description: one.description,
            runningBalance: plain(one.running_balance),
          })),
        };
      },
      async announce(customer, how) {
        // Nothing to take up: who asks for a refresh is given what the bank has.
        if (how === 'quiet') return;
        const send = (code: string, extract: boolean): Promise<unknown> =>
          control('POST', '/webhooks/send', { customer: idOf(customer), code, extract });
        await send('PERIODIC_TRANSACTIONS', true);
        await send('TRANSACTIONS_DELETED', false);
        await send('BALANCE_SUCCESS', false);
      },
      endLogin: (customer, how) => login(customer, 'required', how),
      logIn: (customer, how) => login(customer, 'ok', how),
      revoke: (customer, how) => login(customer, 'revoked', how),
      async isUnlinked(customer) {
        const { logins } = await control('GET', `/customers/${idOf(customer)}`);
        return logins.every(({ state }: { state: string }) => state === 'revoked');
      },
      async calls(customer) {
        const filters = [
          `customer=${idOf(customer)}`,
          ...customer.accounts.map((account) => `account=${account}`),
        ];
        const found = new Map<number, Call>();
        for (const filter of filters) {
          const { calls } = await control('GET', `/calls?${filter}`);
          for (const { number, at, endpoint } of calls) {
            found.set(number, { at: Date.parse(at), endpoint });
          }
        }
        return [...found.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
      },
      limit: (customer, seconds) => fault(customer, { kind: '429', retry_after_s: seconds }),
      outage: (customer) => fault(customer, { kind: '500' }),
      async slowPages(customer, milliseconds) {
        const ends = await Promise.all(
          customer.accounts.map((account) =>
            bank.fault({
              endpoint: 'transactions/getByAccount',
              kind: 'latency',
              latency_ms: milliseconds,
              account,
            }),
          ),
        );
        return async () => {
          await Promise.all(ends.map((end) => end()));
        };
      },
      async pagesOf(rows) {
        wire.mostRows = rows;
      },
      beforePage(hook) {
        wire.beforePage = hook;
      },
      async fromTomorrow(change) {
        wire.change = change;
        return () => {
          wire.change = null;
        };
      },
      webhookFromTomorrow: async (webhook, change) => ({
        ...webhook,
        body: wire.changed(webhook.body, change),
      }),
      expired: () => Promise.reject(new Error('its proof does not expire')),
      async close() {
        await wire.close();
        await bank.close();
      },
    } satisfies Bank;
  },
};
