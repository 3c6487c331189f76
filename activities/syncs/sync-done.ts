import type { SyncCounts } from '../../db/syncs/finish-sync-run.ts';

export interface SyncDone {
  readonly counts: SyncCounts;
  /** More webhooks wait than one sync takes. */
  readonly more: boolean;
  /** The provider is still collecting the history. */
  readonly preparing?: boolean;
}

/** The webhooks that asked for it were put into effect by an earlier sync. */
export const nothingToDo: SyncDone = {
  counts: { fetched: 0, added: 0, changed: 0, removed: 0 },
  more: false,
};
