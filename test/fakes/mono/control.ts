import type { Alterations } from './altered.ts';
import type { RealTimeCount } from './call-log.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { JobOutcome } from './jobs.ts';
import type { Finished, FinishOptions } from './linking.ts';
import type { NewAccount } from './open-account.ts';
import type { PageHook } from './page-hooks.ts';
import type { Settings } from './settings.ts';
import type { NewTransaction, Truth } from './truth.ts';
import type { Account, DataStatus, Extraction, Job, Part, Transaction } from './types.ts';
import type { Announcements } from './webhooks/announcements.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

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
