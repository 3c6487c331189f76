import {
  bookAgain,
  bookTransaction,
  modifyTransaction,
  removeTransaction,
  type TransactionToBook,
} from '../bank/book.ts';
import { createLogin } from '../bank/create-login.ts';
import { openAccount, type AccountToOpen } from '../bank/open-account.ts';
import { truth, type TrueTransaction } from '../bank/truth.ts';
import type { Balances, BankInstitution } from '../bank/types.ts';
import type { PlaidErrorCode } from '../errors/codes.ts';
import { findBankAccount, findBankTransaction, findLogin } from '../find.ts';
import { refreshCachedBalances } from '../items/cached-balances.ts';
import { errorOf } from '../items/item-error.ts';
import { together } from '../items/take-over.ts';
import { sendItemWebhook } from '../webhooks/item-webhooks.ts';
import type { World } from '../world.ts';

/**
 * The truth at the banks. An account is named by the bank's id or by an item's `account_id`, a
 * transaction by the bank's id or by an item's `transaction_id`; what these return are the bank's.
 */
export interface BankControl {
  /** First Platypus Bank, `ins_109508`, and one checking account unless it says otherwise. */
  createLogin(asked?: {
    readonly institutionId?: string;
    readonly accounts?: readonly AccountToOpen[];
  }): { readonly id: string; readonly accountIds: readonly string[] };
  addInstitution(institution: BankInstitution): void;
  /** A new account at a login. Items are told NEW_ACCOUNTS_AVAILABLE; they have it by update mode. */
  openAccount(loginId: string, asked?: AccountToOpen): string;
  /** It is gone from the protocol: INVALID_ACCOUNT_ID. */
  closeAccount(accountId: string): void;
  /** With `live` pulls the cached balances follow; otherwise they do with the next pull. */
  setBalances(accountId: string, balances: Partial<Balances>): void;
  renameAccount(accountId: string, name: string): void;
  bookPending(accountId: string, transaction: TransactionToBook): string;
  bookPosted(accountId: string, transaction: TransactionToBook): string;
  /**
   * The pending transaction goes, and a posted one comes that names it, with the given changes:
   * another amount, a later date.
   */
  postPending(transactionId: string, changes?: Partial<TransactionToBook>): string;
  modify(transactionId: string, changes: Partial<TransactionToBook>): void;
  remove(transactionId: string): void;
  /** "Churn": a transaction is removed and comes again, unchanged, under another id. */
  churn(transactionId: string): string;
  /** Several changes in one pull: no page of a sync and no webhook comes between them. */
  together<T>(change: () => T): T;
  /** What the bank has of an account. */
  balances(accountId: string): Balances;
  /** What a client ought to have of an `account_id`, by date and id. */
  truth(accountId: string): readonly TrueTransaction[];
  /** Real-time calls are refused with this code, INSTITUTION_DOWN for one; null: no more. */
  institutionAnswers(institutionId: string, code: PlaidErrorCode | null): void;
}

export function createBankControl(world: World): BankControl {
  const book = (accountId: string, asked: TransactionToBook, pending: boolean): string =>
    bookTransaction(world, findBankAccount(world, accountId), asked, { pending, posts: null }).id;

  return {
    createLogin({ institutionId = 'ins_109508', accounts = [{}] } = {}) {
      const login = createLogin(world, institutionId);
      const opened = accounts.map((asked) => openAccount(world, login, asked).id);
      return { id: login.id, accountIds: opened };
    },
    addInstitution: (institution) => void world.institutions.set(institution.id, institution),
    openAccount(loginId, asked = {}) {
      const account = openAccount(world, findLogin(world, loginId), asked);
      for (const item of world.items.values()) {
        if (item.loginId !== loginId || item.removed || !world.settings.announces) continue;
        sendItemWebhook(world, item, { code: 'NEW_ACCOUNTS_AVAILABLE' });
      }
      return account.id;
    },
    closeAccount(accountId) {
      findBankAccount(world, accountId).open = false;
    },
    setBalances(accountId, balances) {
      const account = findBankAccount(world, accountId);
      account.balances = { ...account.balances, ...balances };
      if (world.settings.pulls !== 'live') return;
      for (const item of world.items.values()) {
        if (errorOf(world, item) === null) refreshCachedBalances(world, item);
      }
    },
    renameAccount(accountId, name) {
      findBankAccount(world, accountId).name = name;
    },
    bookPending: (accountId, asked) => book(accountId, asked, true),
    bookPosted: (accountId, asked) => book(accountId, asked, false),
    postPending(transactionId, changes = {}) {
      const pending = findBankTransaction(world, transactionId);
      const account = findBankAccount(world, pending.bankAccountId);
      const posted = { ...pending, ...changes };
      return together(world, () => {
        removeTransaction(world, account, pending);
        return bookTransaction(world, account, posted, { pending: false, posts: pending.id }).id;
      });
    },
    modify(transactionId, changes) {
      const transaction = findBankTransaction(world, transactionId);
      const account = findBankAccount(world, transaction.bankAccountId);
      modifyTransaction(world, account, transaction, changes);
    },
    remove(transactionId) {
      const transaction = findBankTransaction(world, transactionId);
      removeTransaction(world, findBankAccount(world, transaction.bankAccountId), transaction);
    },
    churn(transactionId) {
      const transaction = findBankTransaction(world, transactionId);
      const account = findBankAccount(world, transaction.bankAccountId);
      return together(world, () => {
        removeTransaction(world, account, transaction);
        return bookAgain(world, account, transaction).id;
      });
    },
    together: (change) => together(world, change),
    balances: (accountId) => findBankAccount(world, accountId).balances,
    truth: (accountId) => truth(world, accountId),
    institutionAnswers(institutionId, code) {
      if (code === null) world.outages.delete(institutionId);
      else world.outages.set(institutionId, code);
    },
  };
}
