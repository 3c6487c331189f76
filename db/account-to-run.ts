import type { Interval } from '../config/interval.ts';
import type { Product } from '../config/product.ts';

/** A row of `accounts`, as far as its workflow is concerned. */
export interface AccountToRun {
  readonly id: string;
  readonly provider: string;
  readonly paused: boolean;
  readonly refresh_interval: Interval | null;
  readonly products: readonly Product[];
  readonly settings_version: number;
}

/** Its columns, for `select`. */
export const ACCOUNT_TO_RUN = [
  'accounts.id',
  'accounts.provider',
  'accounts.paused',
  'accounts.refresh_interval',
  'accounts.products',
  'accounts.settings_version',
] as const;
