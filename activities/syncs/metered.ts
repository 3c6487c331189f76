import { meterCalls } from '../../db/calls/meter-calls.ts';
import type { CallContext, ProviderContext } from '../../providers/provider.ts';
import type { SyncInput } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import type { OpenAccount } from './open-account.ts';

/** The context of the calls that a sync makes. */
export function metered(
  deps: ActivityDeps,
  { account }: OpenAccount,
  { accountId, syncRunId }: SyncInput,
  context: CallContext,
): ProviderContext {
  const { provider, connectionId } = account;
  return meterCalls(deps, context, { provider, connectionId, accountId, syncRunId });
}
