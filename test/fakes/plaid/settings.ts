/** What a test may switch while the fake runs. */
export interface Settings {
  /**
   * `live`, the default: Plaid has every change at the bank at once. `polled`: only with
   * `control.pull`, as Plaid asks a bank one to four times a day.
   */
  pulls: 'live' | 'polled';
  /**
   * `done`, the default: a new item's transactions are complete at once. `held`: it is NOT_READY
   * until `control.completeInitialUpdate` and `control.completeHistoricalUpdate`.
   */
  preparation: 'done' | 'held';
  /** Updates that a page of `/transactions/sync` has at most; null, the default: as many as are asked for. */
  mostRows: number | null;
  /** `lands`, the default: a `/transactions/refresh` pulls at once; `held`: `control.landRefresh`. */
  refreshes: 'lands' | 'held';
  /** Whether changes are told by webhook; true. */
  announces: boolean;
  /** Whether INITIAL_UPDATE, DEFAULT_UPDATE and their like are sent too; true, as Plaid does. */
  legacyWebhooks: boolean;
  /**
   * Whether a transaction that came and went between two syncs is still listed under `removed`.
   * False; what Plaid does is not documented.
   */
  listsUnseenRemovals: boolean;
  /** Off, the default, or the documented limits of an environment, counted per minute. */
  rateLimits: 'off' | 'sandbox' | 'production';
}

export function defaultSettings(): Settings {
  return {
    pulls: 'live',
    preparation: 'done',
    mostRows: null,
    refreshes: 'lands',
    announces: true,
    legacyWebhooks: true,
    listsUnseenRemovals: false,
    rateLimits: 'off',
  };
}
