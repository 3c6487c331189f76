import type { z } from 'zod';
import { linkConnection, newId } from '../db/link-connection.ts';
import { listAccounts, type AccountRow } from '../db/list-accounts.ts';
import { effectiveInterval } from '../providers/effective-interval.ts';
import type { CallContext, JsonValue } from '../providers/provider.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './http/problem.ts';
import type { linkRequest } from './schemas/connection.ts';
import { toRefreshSettings } from './schemas/refresh-setting.ts';

/** More accounts than any one consent holds. */
const ALL = 1_000;

/** How long the provider may take while a caller waits. */
export const PROVIDER_DEADLINE_MS = 30_000;

export const providerCall = (): CallContext => ({
  signal: AbortSignal.timeout(PROVIDER_DEADLINE_MS),
  heartbeat: () => undefined,
});

/**
 * Links a connection, or links it again: asks the provider for its accounts, stores all of it at once,
 * and starts a workflow for each account. Where Temporal is away the reconciler starts them later.
 */
export async function linkAccounts(
  deps: ApiDeps,
  request: z.output<typeof linkRequest>,
): Promise<{ id: string; created: boolean }> {
  const { db, providers, keyRing, accountWorkflows, logger } = deps;
  const provider = providers.get(request.provider);
  if (!provider) {
    const allowed = providers.names;
    const message = `must be a configured provider: ${allowed.join(', ') || 'there is none'}`;
    const errors = [{ field: 'provider', message, allowed }];
    throw new Problem(400, 'invalid_request', `provider: ${message}`, { errors });
  }
  const context = providerCall();
  const linked = await provider.link(request.link as JsonValue, context);
  const accounts = await provider.listAccounts(linked, context);
  if (accounts.length === 0) {
    throw new Problem(422, 'no_accounts', 'The connection has no accounts.');
  }
  const settings = toRefreshSettings(request.refresh);
  const { interval, products } = settings;
  const effective = effectiveInterval(interval, products.length, provider.capabilities);
  const connection = await linkConnection(db, {
    id: await newId(db),
    provider: provider.name,
    linked,
    sealFor: (id) => keyRing.seal(JSON.stringify(linked.credentials), id),
    reference: request.reference ?? null,
    accounts,
    settings: { ...settings, effective },
  });
  const rows = await listAccounts(db, { connectionId: connection.id, limit: ALL });
  const told = await Promise.allSettled(rows.map((row) => tell(row)));
  const failed = told.filter(({ status }) => status === 'rejected').length;
  if (failed > 0) {
    logger.warn({ connectionId: connection.id, failed }, 'workflows left to the reconciler');
  }
  return connection;

  async function tell(row: AccountRow): Promise<void> {
    await accountWorkflows.start(row);
    if (row.pause_reason !== null) await accountWorkflows.connectionChanged(row);
  }
}
