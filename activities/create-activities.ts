import { recordAccountState } from '../db/record-account-state.ts';
import { attempt } from './attempt.ts';
import { confirmConsent } from './confirm-consent.ts';
import type { ConnectionActivities } from './connection-contract.ts';
import type { Activities } from './contract.ts';
import { createConnectionActivities } from './create-connection-activities.ts';
import type { ActivityDeps } from './deps.ts';
import { readConsent } from './read-consent.ts';
import { reconcile } from './reconcile.ts';
import { recordSyncFailure } from './record-sync-failure.ts';
import { runSync } from './run-sync.ts';
import { syncAccount } from './sync-account.ts';
import { syncBalance } from './sync-balance.ts';
import { syncTransactions } from './sync-transactions.ts';

/** Every activity, ready to be given to a worker. */
export function createActivities(deps: ActivityDeps): Activities & ConnectionActivities {
  const { db, logger } = deps;
  return {
    ...createConnectionActivities(deps),
    syncBalance: (input) =>
      attempt(logger, { accountId: input.accountId, product: 'balance' }, (context) =>
        runSync(deps, 'balance', input, context, syncBalance),
      ),
    syncTransactions: (input) =>
      attempt(logger, { accountId: input.accountId, product: 'transaction' }, (context) =>
        runSync(deps, 'transaction', input, context, syncTransactions),
      ),
    syncAccount: (inputs) =>
      attempt(logger, { accountId: inputs.balance.accountId }, (context) =>
        syncAccount(deps, inputs, context),
      ),
    readConsent: ({ accountId }) =>
      attempt(logger, { accountId }, () => readConsent(deps, accountId)),
    recordAccountState: (record) =>
      attempt(logger, { accountId: record.accountId }, () => recordAccountState(db, record)),
    recordSyncFailure: (failure) =>
      attempt(logger, { accountId: failure.accountId }, () => recordSyncFailure(deps, failure)),
    confirmConsent: (input) =>
      attempt(logger, { accountId: input.accountId }, () => confirmConsent(deps, input)),
    reconcile: () => attempt(logger, {}, (context) => reconcile(deps, context)),
  };
}
