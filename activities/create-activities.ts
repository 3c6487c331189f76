import { recordAccountState } from '../db/accounts/record-account-state.ts';
import { attempt } from './attempt.ts';
import { confirmConsent } from './consents/confirm-consent.ts';
import type { ConnectionActivities } from './connections/contract.ts';
import type { Activities } from './contract.ts';
import type { DeliveryActivities } from './deliveries/contract.ts';
import type { LinkSessionActivities } from './link-sessions/contract.ts';
import { advanceLinkSession } from './link-sessions/advance-link-session.ts';
import { deliverDue } from './deliveries/deliver-due.ts';
import { createConnectionActivities } from './connections/create-connection-activities.ts';
import type { ActivityDeps } from './deps.ts';
import { toPatientFailure } from './fail.ts';
import { readConsent } from './consents/read-consent.ts';
import { reconcile } from './reconciler/reconcile.ts';
import { recordSyncFailure } from './syncs/record-sync-failure.ts';
import { runSync } from './syncs/run-sync.ts';
import { syncAccount } from './syncs/sync-account.ts';
import { syncBalance } from './syncs/sync-balance.ts';
import { syncTransactions } from './syncs/sync-transactions.ts';

/** Every activity, ready to be given to a worker. */
export function createActivities(
  deps: ActivityDeps,
): Activities & ConnectionActivities & DeliveryActivities & LinkSessionActivities {
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
    advanceLinkSession: (input) =>
      attempt(
        logger,
        { linkSessionId: input.sessionId },
        (context) => advanceLinkSession(deps, input, context),
        toPatientFailure,
      ),
    deliverDue: ({ endpointId }) =>
      attempt(logger, { endpointId }, (context) => deliverDue(deps, endpointId, context)),
    reconcile: () => attempt(logger, {}, (context) => reconcile(deps, context)),
  };
}
