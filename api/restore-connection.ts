import { setTimeout as delay } from 'node:timers/promises';
import { linkedAccountsOf } from '../db/accounts/accounts-of-connection.ts';
import { countWaitingForLogin } from '../db/consents/count-waiting-for-login.ts';
import { requestCheck } from '../db/connections/request-check.ts';
import { restoreConsent } from '../db/consents/restore-consent.ts';
import { tellOfConsent } from '../temporal/tell-of-consent.ts';
import type { ApiDeps } from './deps.ts';
import { doConnectionWork } from './do-connection-work.ts';
import { linkedConnection } from './find-connection.ts';

/** So long a caller is kept waiting for the workflows; they take some tenths of a second. */
const WAIT_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * The customer is said to have logged in again. Where the provider tells how a consent stands it is asked: the
 * connection goes on as it says. Else notes it and tells the accounts; where Temporal is away the
 * reconciler does. A connection that had asked for it before its accounts were known goes on to look for
 * them. Answers whether the workflows have confirmed it: that no account waits for the log-in any more,
 * and that the accounts were found.
 */
export async function restoreConnection(deps: ApiDeps, connectionId: string): Promise<boolean> {
  const { db, accountWorkflows, logger } = deps;
  const { provider } = await linkedConnection(db, connectionId);
  const tellsConsent = deps.providers.get(provider)?.capabilities.tellsConsent === true;
  if (tellsConsent && (await requestCheck(db, connectionId))) {
    const end = await doConnectionWork(deps, 'link', { id: connectionId, provider });
    if (end !== 'done') return false;
    const { status } = await linkedConnection(db, connectionId);
    return status !== 'active' || (await untilNoneWaits(deps, connectionId));
  }
  const isLinking = await restoreConsent(db, connectionId);
  const accounts = await linkedAccountsOf(db, connectionId);
  const failed = await tellOfConsent(accountWorkflows, accounts);
  if (failed > 0) logger.warn({ connectionId, failed }, 'resuming left to the reconciler');
  if (isLinking) {
    return (await doConnectionWork(deps, 'link', { id: connectionId, provider })) === 'done';
  }
  return failed === 0 && (await untilNoneWaits(deps, connectionId));
}

async function untilNoneWaits({ db }: ApiDeps, connectionId: string): Promise<boolean> {
  const until = Date.now() + WAIT_MS;
  while ((await countWaitingForLogin(db, connectionId)) > 0) {
    if (Date.now() > until) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
