import type { Alterations } from './altered.ts';
import type { RealTimeCount } from './call-log.ts';
import type { Clock } from './clock.ts';
import { EVERYTHING, extract } from './extract.ts';
import type { Fake } from './fake.ts';
import type { Faults } from './faults.ts';
import { settleJob, type JobOutcome } from './jobs.ts';
import { codeFor, finishLink, finishReauth, type Finished, type FinishOptions } from './linking.ts';
import { openAccount, type NewAccount } from './open-account.ts';
import type { PageHook } from './page-hooks.ts';
import type { Settings } from './settings.ts';
import {
  addTransaction,
  editTransaction,
  removeTransaction,
  truthOf,
  type NewTransaction,
  type Truth,
} from './truth.ts';
import type { Account, DataStatus, Extraction, Job, Part, Transaction } from './types.ts';
import { unlinkAccount } from './unlink-account.ts';
import { createAnnouncements, type Announcements } from './webhooks/announcements.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { accountOf } from './world.ts';

export interface ExtractOptions {
  /** All when not given. */
  readonly retrieve?: readonly Part[];
  /** False: no `account_updated`. */
  readonly announce?: boolean;
  readonly dataStatus?: DataStatus;
}

/** What happens at the banks, at Mono and on the wire, as a test wants it. */
export interface MonoControl {
  readonly settings: Settings;
  readonly clock: Pick<Clock, 'advance' | 'now'>;
  readonly faults: Faults;
  readonly alterations: Alterations;
  readonly webhooks: Webhooks;
  /** Sends single events, as they would come. */
  readonly announce: Announcements;
  /** Changes the key: the old one is answered with 401. */
  setSecretKey(key: string): void;

  /** Opens an account at its bank; Mono has it once it is linked. */
  openAccount(details?: NewAccount): Account;
  account(id: string): Account;
  addTransaction(accountId: string, transaction: NewTransaction): Transaction;
  editTransaction(
    accountId: string,
    id: string,
    change: Partial<Omit<Transaction, 'id'>>,
  ): Transaction;
  removeTransaction(accountId: string, id: string): void;
  setBalance(accountId: string, minorUnits: number): void;
  /** What the bank has. */
  truth(accountId: string): Truth;
  /** What Mono holds, and the API shows. */
  shown(accountId: string): Extraction;
  /** Mono retrieves by itself; true when it found anything new. */
  extract(accountId: string, options?: ExtractOptions): boolean;

  /** By the link's address or its `ref`. */
  finishLink(urlOrRef: string, options?: FinishOptions): Finished;
  finishReauth(urlOrRef: string, options?: Omit<FinishOptions, 'accounts'>): Account;
  /** Another code for a linked account. */
  codeFor(accountId: string): string;
  /** From now on the bank wants the user: real-time jobs fail. */
  requireReauth(accountId: string): void;
  setDataStatus(accountId: string, status: DataStatus): void;
  /** The user, or the operator in Mono's dashboard, unlinks it. */
  unlink(accountId: string): void;

  jobs(accountId?: string): readonly Job[];
  /** By id, or the last one of an account. */
  finishJob(jobOrAccountId: string, how?: JobOutcome): Job;
  /** How many real-time calls were made, and what they cost. */
  realTimeCount(accountId?: string): RealTimeCount;

  /** Runs before each page of transactions is read. Returns what removes it. */
  beforePage(hook: PageHook): () => void;
}

export function createControl(fake: Fake, clock: Clock): MonoControl {
  const { world, webhooks } = fake;
  const account = (id: string): Account => accountOf(world, id);
  const jobs = (accountId?: string): Job[] =>
    [...world.jobs.values()].filter((job) => [undefined, job.accountId].includes(accountId));

  return {
    settings: world.settings,
    clock,
    faults: fake.faults,
    alterations: fake.alterations,
    webhooks,
    announce: createAnnouncements(world, webhooks),
    setSecretKey(key) {
      world.secretKey = key;
    },
    openAccount: (details) => openAccount(world, details),
    account,
    addTransaction: (id, made) => addTransaction(world, account(id), made),
    editTransaction: (id, row, change) => editTransaction(account(id), row, change),
    removeTransaction: (id, row) => removeTransaction(account(id), row),
    setBalance(id, minorUnits) {
      account(id).balance = minorUnits;
    },
    truth: (id) => truthOf(account(id)),
    shown: (id) => account(id).shown,
    extract(id, { retrieve = EVERYTHING, announce = true, dataStatus } = {}) {
      const changed = extract(world, account(id), retrieve);
      if (dataStatus !== undefined) account(id).dataStatus = dataStatus;
      if (announce) this.announce.updated(id);
      return changed;
    },
    finishLink: (urlOrRef, options) => finishLink(fake, urlOrRef, options),
    finishReauth: (urlOrRef, options) => finishReauth(fake, urlOrRef, options),
    codeFor: (id) => codeFor(fake, account(id)),
    requireReauth(id) {
      account(id).reauthRequired = true;
    },
    setDataStatus(id, status) {
      account(id).dataStatus = status;
    },
    unlink: (id) => unlinkAccount(fake, account(id)),
    jobs,
    finishJob(jobOrAccountId, how) {
      const job = world.jobs.get(jobOrAccountId) ?? jobs(jobOrAccountId).at(-1);
      if (job === undefined) throw new Error(`the fake of Mono has no job ${jobOrAccountId}`);
      settleJob(fake, job, how);
      return job;
    },
    realTimeCount(accountId) {
      const sessions = jobs(accountId);
      const calls = fake.calls
        .list()
        .filter((call) => call.realTime && [undefined, call.account].includes(accountId));
      return {
        calls: calls.length,
        sessions: sessions.length,
        charged: sessions.filter((job) => job.hasNewData).length,
      };
    },
    beforePage: (hook) => fake.pageHooks.add(hook),
  };
}
