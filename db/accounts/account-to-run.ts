import type { Interval } from '../../config/interval.ts';
import type { Product } from '../../config/product.ts';
import type { LimitedBy } from '../../providers/effective-interval.ts';
import type { Database } from '../connect.ts';
import type { ConnectionStatus, PauseReason } from '../schema.ts';

/** A row of `accounts`, as far as its workflow is concerned. */
export interface AccountToRun {
  readonly id: string;
  readonly connection_id: string;
  readonly provider: string;
  readonly paused: boolean;
  readonly refresh_interval: Interval | null;
  readonly effective_interval: Interval | null;
  readonly limited_by: LimitedBy | null;
  readonly products: readonly Product[];
  readonly settings_version: number;
  readonly pause_reason: PauseReason | null;
  readonly balance_synced_at: Date | null;
  readonly transactions_synced_at: Date | null;
  readonly connection_status: ConnectionStatus;
  readonly consent_version: number;
  readonly confirmed_consent_version: number;
}

/** Accounts with all that their workflows need, to be narrowed down. */
export function accountsToRun(db: Pick<Database, 'selectFrom'>) {
  return db
    .selectFrom('accounts')
    .innerJoin('connections', 'connections.id', 'accounts.connection_id')
    .select([
      'accounts.id',
      'accounts.connection_id',
      'accounts.provider',
      'accounts.paused',
      'accounts.refresh_interval',
      'accounts.effective_interval',
      'accounts.limited_by',
      'accounts.products',
      'accounts.settings_version',
      'accounts.pause_reason',
      'accounts.balance_synced_at',
      'accounts.transactions_synced_at',
      'connections.status as connection_status',
      'connections.consent_version',
      'accounts.confirmed_consent_version',
    ]);
}
