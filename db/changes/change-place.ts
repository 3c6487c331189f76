/** What comes first within a sync. */
export const PLACE_KINDS = ['balance', 'transaction', 'end'] as const;

export type PlaceKind = (typeof PLACE_KINDS)[number];

/**
 * A place in the change feed: behind this item of the sync with this `change_position`, or, where
 * the kind is `end`, behind all of it.
 */
export interface ChangePlace {
  /** A bigint, as text. */
  readonly position: string;
  readonly kind: PlaceKind;
  /** Of the balance's account, or of the transaction. */
  readonly id: string;
}

export const NIL = '00000000-0000-0000-0000-000000000000';

export const endOf = (position: string): ChangePlace => ({ position, kind: 'end', id: NIL });

/** Right before all of the sync with this position. */
export const startOf = (position: string): ChangePlace => endOf(String(BigInt(position) - 1n));

/** Positions begin at 1. */
export const FEED_START: ChangePlace = endOf('0');
