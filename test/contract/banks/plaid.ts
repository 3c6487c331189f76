import { DAY, day } from '../../fakes/plaid/clock.ts';
import type { Alter } from '../../fakes/plaid/faults.ts';
import { startPlaidFake } from '../../fakes/plaid/start.ts';
import {
  withoutOptionalFields,
  withUnknownEnumValues,
  withUnknownFields,
} from '../../fakes/plaid/strange.ts';
import { negated } from '../amounts.ts';
import { plain, type Bank, type BankKind, type Change, type Customer } from '../bank.ts';
import type { RelayedWebhook } from '../relay.ts';

const ALTER: Readonly<Record<Change, Alter>> = {
  'unknown fields': withUnknownFields,
  'unknown values': withUnknownEnumValues,
  'no optional fields': withoutOptionalFields,
};

const itemOf = ({ mark }: Customer): string => mark;

/** The double of Plaid. */
export const plaid: BankKind = {
  name: 'plaid',
  cannot: {
    'names its webhooks': 'they have neither an id nor a time: the same text is news each time',
    'retry after': 'its documents know no Retry-After',
    'running balance': 'it tells no balance after a transaction',
  },
  async start({ skewMs = 0 } = {}) {
    const fake = await startPlaidFake();
    const { control } = fake;
    control.clock.advance(skewMs);
    control.settings.pulls = 'polled';
    control.settings.announces = false;
    let webhookUrl: string | undefined;
    /** The double knows an item's id of a transaction only once it was pulled. */
    const bankIds = new Map<string, string>();
    const bankId = (transaction: string): string => bankIds.get(transaction) ?? transaction;

    const telling = <T>(how: 'quiet' | undefined, act: () => T): T => {
      control.settings.announces = how !== 'quiet';
      try {
        return act();
      } finally {
        control.settings.announces = false;
      }
    };

    const linkToken = async (asked: object): Promise<string> => {
      const answer = await fetch(`${fake.url}/link/token/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: fake.clientId,
          secret: fake.secret,
          client_name: 'A bank app',
          language: 'en',
          country_codes: ['US'],
          user: { client_user_id: 'customer-1' },
          ...(webhookUrl !== undefined && { webhook: webhookUrl }),
          ...asked,
        }),
      });
      const { link_token: token } = (await answer.json()) as { link_token?: string };
      if (token === undefined) throw new Error(`/link/token/create: ${answer.status}`);
      return token;
    };

    const standing = (rule: Parameters<typeof control.faults.add>[0]): (() => void) => {
      const fault = control.faults.add({ times: Infinity, ...rule });
      return () => fault.remove();
    };

    const signed = async (
      webhook: RelayedWebhook,
      ...[body, forgery]: [string | object, Parameters<typeof control.webhooks.sign>[2]?]
    ): Promise<RelayedWebhook> => {
      const request = await control.webhooks.sign('', body, forgery);
      return { provider: webhook.provider, headers: request.headers, body: request.body };
    };

    return {
      name: 'plaid',
      env: {
        FRESHET_PLAID_CLIENT_ID: fake.clientId,
        FRESHET_PLAID_SECRET: fake.secret,
        FRESHET_PLAID_ENVIRONMENT: 'sandbox',
        FRESHET_PLAID_BASE_URL: fake.url,
      },
      proofHeader: 'plaid-verification',
      async sendWebhooksTo(url) {
        webhookUrl = url;
      },
      async open({ accounts = 1, transactions = 0, balance = '110.00' } = {}) {
        const login = control.createLogin({
          accounts: Array.from({ length: accounts }, () => ({
            balances: { current: balance, available: balance },
          })),
        });
        for (const account of login.accountIds) {
          for (let number = 0; number < transactions; number += 1) {
            control.bookPosted(account, {
              amount: `${number - 3}.${String(10 + (number % 90))}`,
              date: day(control.clock.now() - (number % 600) * DAY),
              name: `Payment ${number}`,
            });
          }
        }
        const token = await linkToken({
          products: ['transactions'],
          transactions: { days_requested: 730 },
        });
        const { itemId, publicToken } = control.finishLink(token, { loginId: login.id });
        const [first, ...rest] = login.accountIds.map((id) => control.accountId(itemId, id));
        return {
          link: { public_token: publicToken },
          mark: itemId,
          accounts: [first ?? '', ...rest],
        };
      },
      async book(account, { amount, pending = false, description, daysAgo = 0 }) {
        const booked = {
          amount: negated(amount),
          date: day(control.clock.now() - daysAgo * DAY),
          ...(description !== undefined && { name: description }),
        };
        const id = pending
          ? control.bookPending(account, booked)
          : control.bookPosted(account, booked);
        return idIn(account, id);
      },
      async post(account, transaction) {
        return idIn(account, control.postPending(bankId(transaction)));
      },
      async alter(_account, transaction, amount) {
        control.modify(bankId(transaction), { amount: negated(amount) });
      },
      async remove(_account, transaction) {
        control.remove(bankId(transaction));
      },
      async setBalance(account, balance) {
        control.setBalances(account, { current: balance, available: balance });
      },
      async truth(account) {
        const { current, available } = control.balances(account);
        return {
          balance: { current: plain(current), available: plain(available) },
          transactions: control.truth(account).map((one) => ({
            id: one.transactionId,
            amount: plain(negated(one.amount)),
            currency: one.isoCurrencyCode ?? '',
            status: one.pending ? ('pending' as const) : ('posted' as const),
            description: one.name,
            runningBalance: null,
          })),
        };
      },
      async announce(customer, how) {
        telling(how, () => {
          control.pull(itemOf(customer));
          // A pull tells of no balance that moved alone, and nothing of what it had told before.
          if (how !== 'quiet') {
            control.webhooks.send(itemOf(customer), { code: 'SYNC_UPDATES_AVAILABLE' });
          }
        });
      },
      async endLogin(customer, how) {
        telling(how, () => control.expireLogin(itemOf(customer)));
      },
      async logIn(customer, how) {
        const itemId = itemOf(customer);
        if (how !== 'quiet') {
          control.repairLogin(itemId);
          return;
        }
        const { accessToken } = control.item(itemId);
        const token = await linkToken({ access_token: accessToken });
        control.finishLink(token, { tellsLoginRepaired: false });
      },
      async revoke(customer, how) {
        telling(how, () => control.revokePermission(itemOf(customer)));
      },
      async isUnlinked(customer) {
        return control.item(itemOf(customer)).removed;
      },
      async calls(customer) {
        return control
          .calls()
          .filter(({ itemId }) => itemId === itemOf(customer))
          .map(({ at, endpoint }) => ({ at: at - skewMs, endpoint }));
      },
      async limit(customer) {
        const fault = { kind: 'error', code: 'TRANSACTIONS_SYNC_LIMIT' } as const;
        return standing({ endpoint: '*', itemId: itemOf(customer), fault });
      },
      async outage(customer) {
        const fault = { kind: 'error', code: 'INTERNAL_SERVER_ERROR' } as const;
        return standing({ endpoint: '*', itemId: itemOf(customer), fault });
      },
      async slowPages(customer, milliseconds) {
        const fault = { kind: 'late', milliseconds } as const;
        return standing({ endpoint: '/transactions/sync', itemId: itemOf(customer), fault });
      },
      async pagesOf(rows) {
        control.settings.mostRows = rows;
      },
      beforePage(hook) {
        control.beforePage(
          hook && (({ accountId, page }) => hook({ account: accountId ?? '', page })),
        );
      },
      async fromTomorrow(change) {
        return standing({ endpoint: '*', fault: { kind: 'alter', alter: ALTER[change] } });
      },
      webhookFromTomorrow: (webhook, change) =>
        signed(webhook, ALTER[change](JSON.parse(webhook.body))),
      async expired(webhook) {
        // A key that nobody has looked up while it was good.
        const key = await control.keys.rotate();
        control.keys.expire(key.kid, Math.floor(Date.now() / 1000) - 60);
        const requests = [await signed(webhook, webhook.body, { key })];
        await control.keys.rotate();
        return [...requests, await signed(webhook, webhook.body, { ageSeconds: 600 })];
      },
      close: () => fake.close(),
    } satisfies Bank;

    function idIn(account: string, bankTransaction: string): string {
      const item = control
        .items()
        .find(({ accounts }) => accounts.some(({ id }) => id === account));
      if (item === undefined) throw new Error(`no item has ${account}`);
      const id = control.transactionId(item.id, bankTransaction);
      bankIds.set(id, bankTransaction);
      return id;
    }
  },
};
