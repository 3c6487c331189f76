import { Context } from '@temporalio/activity';
import { completeUnlink } from '../../db/connections/complete-unlink.ts';
import type { CallContext } from '../../providers/provider.ts';
import { attempt } from '../attempt.ts';
import type { ConnectionActivities } from './contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { discoverAccounts } from './discover-accounts.ts';
import { eraseData } from './erase-data.ts';
import { toPatientFailure } from '../fail.ts';
import { startAccounts } from './start-accounts.ts';
import { stopAccounts } from './stop-accounts.ts';
import { withdrawConsent } from './withdraw-consent.ts';

/** The activities of the workflows that link and unlink, ready to be given to a worker. */
export function createConnectionActivities(deps: ActivityDeps): ConnectionActivities {
  const { db, logger } = deps;
  const each =
    <T>(work: (connectionId: string, context: CallContext) => Promise<T>) =>
    ({ connectionId }: { readonly connectionId: string }): Promise<T> =>
      attempt(logger, { connectionId }, (context) => work(connectionId, context), toPatientFailure);

  return {
    discoverAccounts: each((id, context) =>
      discoverAccounts(deps, id, Context.current().info.attempt, context),
    ),
    startAccounts: each((id, context) => startAccounts(deps, id, context)),
    stopAccounts: each((id, context) => stopAccounts(deps, id, context)),
    withdrawConsent: each((id, context) => withdrawConsent(deps, id, context)),
    completeUnlink: each((id) => completeUnlink(db, id)),
    eraseData: each((id, context) => eraseData(deps, id, context)),
  };
}
