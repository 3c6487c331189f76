import {
  unknownEnums,
  unknownFields,
  withoutOptional,
  type Alteration,
} from '../../fakes/mono/alterations.ts';
import { iso } from '../../fakes/mono/clock.ts';
import { startMonoFake } from '../../fakes/mono/start.ts';
import { majorOf, minorOf } from '../amounts.ts';
import { plain, type Bank, type BankKind, type Change, type Customer } from '../bank.ts';

const DAY_MS = 86_400_000;

const ALTER: Readonly<Record<Change, Alteration>> = {
  'unknown fields': unknownFields,
  'unknown values': unknownEnums,
  'no optional fields': withoutOptional,
};

const idOf = ({ mark }: Customer): string => mark;

const movement = (amount: string) =>
  ({
    amount: Math.abs(minorOf(amount)),
    type: amount.startsWith('-') ? 'debit' : 'credit',
  }) as const;

/** The double of Mono. */
export const mono: BankKind = {
  name: 'mono',
  cannot: {
    'several accounts': 'an account is a consent of its own',
    pending: 'its statements have booked transactions only',
    pages: 'its list comes in one answer',
    restart: 'its list comes in one answer',
    'proof of the body': 'its proof is a shared secret',
    'expiring proof': 'its proof is a shared secret',
    'reauth by reading': 'it shows what it retrieved last, whatever the log-in',
    'recovery by reading': 'it shows what it retrieved last, whatever the log-in',
  },
  async start({ skewMs = 0 } = {}) {
    const fake = await startMonoFake();
    const { control } = fake;
    control.clock.advance(skewMs);
    let unhook: (() => void) | null = null;

    const quietly = async <T>(how: 'quiet' | undefined, act: () => T | Promise<T>): Promise<T> => {
      const { url } = control.webhooks;
      if (how === 'quiet') control.webhooks.url = null;
      try {
        return await act();
      } finally {
        control.webhooks.url = url;
      }
    };

    const initiate = async (asked: object): Promise<string> => {
      const answer = await fetch(`${fake.url}/v2/accounts/initiate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'mono-sec-key': fake.secretKey },
        body: JSON.stringify({ redirect_url: 'https://app.example/done', ...asked }),
      });
      const { data } = (await answer.json()) as { data: { mono_url: string } | null };
      if (data === null) throw new Error(`/v2/accounts/initiate: ${answer.status}`);
      return data.mono_url;
    };

    const dateOf = (daysAgo: number): string => iso(control.clock.now() - daysAgo * DAY_MS);

    return {
      name: 'mono',
      env: {
        FRESHET_MONO_SECRET_KEY: fake.secretKey,
        FRESHET_MONO_WEBHOOK_SECRET: fake.webhookSecret,
        FRESHET_MONO_BASE_URL: fake.url,
      },
      proofHeader: 'mono-webhook-secret',
      async sendWebhooksTo(url) {
        control.webhooks.url = url;
      },
      async open({ transactions = 0, balance = '110.00' } = {}) {
        const account = control.openAccount({
          openingBalance: minorOf(balance),
          transactions: Array.from({ length: transactions }, (_, number) => ({
            amount: 1_000 + number,
            type: number % 3 === 0 ? ('credit' as const) : ('debit' as const),
            narration: `Payment ${number}`,
            date: dateOf(number % 600),
          })),
        });
        const url = await initiate({
          scope: 'auth',
          customer: { name: 'Ada Obi', email: 'ada@example.com' },
          meta: { ref: `session-${account.id}` },
        });
        const { code } = control.finishLink(url, { accounts: [account.id] });
        return { link: { code }, mark: account.id, accounts: [account.id] };
      },
      async book(account, { amount, description, daysAgo = 0 }) {
        return control.addTransaction(account, {
          ...movement(amount),
          date: dateOf(daysAgo),
          ...(description !== undefined && { narration: description }),
        }).id;
      },
      post: () => Promise.reject(new Error('nothing is pending')),
      async alter(account, transaction, amount) {
        control.editTransaction(account, transaction, movement(amount));
      },
      async remove(account, transaction) {
        control.removeTransaction(account, transaction);
      },
      async setBalance(account, balance) {
        control.setBalance(account, minorOf(balance));
      },
      async truth(account) {
        const { balance, currency, transactions } = control.truth(account);
        return {
          balance: { current: plain(majorOf(balance)), available: null },
          transactions: transactions.map((one) => ({
            id: one.id,
            amount: plain(majorOf(one.type === 'debit' ? -one.amount : one.amount)),
            currency,
            status: 'posted' as const,
            description: one.narration,
            runningBalance: one.balance === null ? null : plain(majorOf(one.balance)),
          })),
        };
      },
      async announce(customer, how) {
        control.extract(idOf(customer), { announce: how !== 'quiet' });
      },
      async endLogin(customer, how) {
        control.requireReauth(idOf(customer));
        if (how === 'quiet') return;
        const meta = { sync_status: 'REAUTHORISATION_REQUIRED' };
        control.announce.updated(idOf(customer), { meta });
      },
      async logIn(customer, how) {
        const url = await initiate({ scope: 'reauth', account: idOf(customer) });
        await quietly(how, () => control.finishReauth(url));
      },
      async revoke(customer, how) {
        await quietly(how, () => control.unlink(idOf(customer)));
      },
      async isUnlinked(customer) {
        return !control.account(idOf(customer)).linked;
      },
      async calls(customer) {
        return fake.calls
          .list()
          .filter(({ account }) => account === idOf(customer))
          .map(({ at, endpoint }) => ({ at: at - skewMs, endpoint }));
      },
      async limit(customer, seconds) {
        const retryAfter = seconds === null ? {} : { retryAfter: String(seconds) };
        const fault = { kind: 'status', status: 429, ...retryAfter } as const;
        return control.faults.add('*', fault, { times: null, account: idOf(customer) });
      },
      async outage(customer) {
        const fault = { kind: 'status', status: 500 } as const;
        return control.faults.add('*', fault, { times: null, account: idOf(customer) });
      },
      async slowPages(customer, milliseconds) {
        const fault = { kind: 'delay', ms: milliseconds } as const;
        return control.faults.add('transactions', fault, { times: null, account: idOf(customer) });
      },
      async pagesOf() {
        // One answer has all.
      },
      beforePage(hook) {
        unhook?.();
        unhook =
          hook === null
            ? null
            : control.beforePage(({ accountId, page }) => hook({ account: accountId, page }));
      },
      async fromTomorrow(change) {
        return control.alterations.add('*', ALTER[change]);
      },
      webhookFromTomorrow: async (webhook, change) => ({
        ...webhook,
        body: JSON.stringify(ALTER[change](JSON.parse(webhook.body))),
      }),
      expired: () => Promise.reject(new Error('its proof does not expire')),
      close: () => fake.close(),
    } satisfies Bank;
  },
};
