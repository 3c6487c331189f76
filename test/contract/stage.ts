import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { untilFound, untilStatus } from '../support/link.ts';
import {
  startFreshet,
  type ApiAnswer,
  type Freshet,
  type FreshetOptions,
} from '../support/start-freshet.ts';
import type { Bank, BankOptions, Customer, Wanted } from './bank.ts';
import { BANKS } from './banks.ts';
import { essentials, tableOf } from './table.ts';
import { startRelay, type Relay, type RelayedWebhook } from './relay.ts';

/** One Freshet that all banks are linked to, with a relay between them and its webhooks. */
export interface Stage {
  readonly freshet: Freshet;
  readonly relay: Relay;
  at(bankName: string): Play;
  close(): Promise<void>;
}

export interface StageOptions extends BankOptions {
  readonly freshet?: FreshetOptions;
}

export interface PlayedAccount {
  /** Ours. */
  readonly id: string;
  /** The provider's. */
  readonly bank: string;
}

export interface Linked {
  readonly connectionId: string;
  readonly customer: Customer;
  /** The first of them. */
  readonly account: PlayedAccount;
  readonly accounts: readonly PlayedAccount[];
}

/** What a case has at hand: one of the banks, and Freshet. */
export interface Play {
  readonly bank: Bank;
  readonly freshet: Freshet;
  readonly relay: Relay;
  /** Opens a customer and links it; answers once every account has been scanned. */
  link(wanted?: Wanted, refresh?: unknown): Promise<Linked>;
  /** Asks for the link of a customer. */
  ask(customer: Customer, refresh?: unknown): Promise<string>;
  /** Waits until the accounts of a connection are there. */
  found(connectionId: string, customer: Customer): Promise<Linked>;
  account(id: string): Promise<ApiAnswer['body']>;
  connection(id: string): Promise<ApiAnswer['body']>;
  refresh(account: PlayedAccount): Promise<ApiAnswer>;
  untilStatus(account: PlayedAccount, status: string, timeoutMs?: number): Promise<void>;
  /** Waits until the tables hold what the bank has, and says how they differ when they do not. */
  expectTruth(account: PlayedAccount, how?: 'essentials'): Promise<void>;
  /** Waits until a webhook about the customer has come to the relay that was not there before. */
  newWebhooks(customer: Customer, before: number): Promise<readonly RelayedWebhook[]>;
  /** Waits until a count stands still: who sends several webhooks has then sent them. */
  settled(count: () => number): Promise<void>;
  /** Waits until nothing that webhooks told waits any more, and no sync runs. */
  quiet(linked: Linked): Promise<void>;
  /** How many webhooks of the provider are stored. */
  stored(): Promise<number>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const relay = await startRelay();
  const banks = await Promise.all(BANKS.map((kind) => kind.start(options)));
  for (const bank of banks) await bank.sendWebhooksTo(relay.urlFor(bank.name));
  const freshet = await startFreshet({
    reconcileSeconds: 1,
    ...options.freshet,
    providerEnv: Object.assign({}, ...banks.map(({ env }) => env)),
  });
  relay.target = freshet.url;
  const plays = new Map(banks.map((bank) => [bank.name, createPlay(freshet, relay, bank)]));
  return {
    freshet,
    relay,
    at(bankName) {
      const play = plays.get(bankName);
      if (!play) throw new Error(`there is no bank ${bankName}`);
      return play;
    },
    async close() {
      await Promise.all(banks.map((bank) => bank.close()));
      await relay.close();
      await freshet.close();
    },
  };
}

function createPlay(freshet: Freshet, relay: Relay, bank: Bank): Play {
  const play: Play = {
    bank,
    freshet,
    relay,
    async link(wanted, refresh = false) {
      const customer = await bank.open(wanted);
      const linked = await play.found(await play.ask(customer, refresh), customer);
      for (const account of linked.accounts) await play.untilStatus(account, 'active');
      return linked;
    },
    async ask(customer, refresh = false) {
      const { status, body } = await freshet.call('POST', '/v1/connections', {
        provider: bank.name,
        link: customer.link,
        refresh,
      });
      if (status !== 201 && status !== 202)
        throw new Error(`link: ${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    async found(connectionId, customer) {
      const { accounts } = await untilFound(freshet, connectionId);
      const ids = new Map<string, string>(
        accounts.map((one: { provider_account_id: string; id: string }) => [
          one.provider_account_id,
          one.id,
        ]),
      );
      const [first, ...rest] = customer.accounts.map((one) => ({
        id: ids.get(one) ?? '',
        bank: one,
      }));
      if (!first) throw new Error('the customer has no account');
      return { connectionId, customer, account: first, accounts: [first, ...rest] };
    },
    account: async (id) => (await freshet.call('GET', `/v1/accounts/${id}`)).body,
    connection: async (id) => (await freshet.call('GET', `/v1/connections/${id}`)).body,
    refresh: ({ id }) => freshet.call('POST', `/v1/accounts/${id}/refresh`, { wait: 30 }),
    untilStatus: ({ id }, status, timeoutMs = 30_000) =>
      untilStatus(freshet, id, status, timeoutMs),
    async expectTruth(account, how) {
      const view = how === 'essentials' ? essentials : <T>(all: T): T => all;
      const both = async () => [
        view(await tableOf(freshet.db, account.id)),
        view(sorted(await bank.truth(account.bank))),
      ];
      const isTrue = async (): Promise<boolean> => {
        const [table, truth] = await both();
        return JSON.stringify(table) === JSON.stringify(truth);
      };
      await eventually(isTrue, { timeoutMs: 20_000 }).catch(() => undefined);
      const [table, truth] = await both();
      expect(table).toEqual(truth);
    },
    async newWebhooks({ mark }, before) {
      await eventually(() => relay.seen(mark).length > before, {
        describe: `a webhook of ${bank.name}`,
      });
      return relay.seen(mark).slice(before);
    },
    async settled(count) {
      let last = -1;
      await eventually(
        () => {
          const stands = count() === last;
          last = count();
          return stands;
        },
        { everyMs: 150 },
      );
    },
    async quiet({ accounts }) {
      for (const { id } of accounts) {
        const handle = freshet.temporal.workflow.getHandle(`account-sync:${id}`);
        await eventually(
          async () => {
            const open = await freshet.db
              .selectFrom('webhook_effects')
              .where('account_id', '=', id)
              .where('applied_at', 'is', null)
              .select('webhook_id')
              .execute();
            const state = await handle.query<{ syncing: string[] }>('state');
            return open.length === 0 && state.syncing.length === 0;
          },
          { describe: `account ${id} to be at rest`, timeoutMs: 30_000 },
        );
      }
    },
    async stored() {
      const rows = await freshet.db
        .selectFrom('inbound_webhooks')
        .where('provider', '=', bank.name)
        .select('id')
        .execute();
      return rows.length;
    },
  };
  return play;
}

function sorted<T extends { readonly transactions: readonly { readonly id: string }[] }>(
  truth: T,
): T {
  const transactions = [...truth.transactions].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...truth, transactions };
}
