import { expect } from 'vitest';
import type { Freshet } from './start-freshet.ts';

export interface SeenChange {
  readonly type: 'transaction' | 'balance';
  readonly change?: 'added' | 'changed' | 'removed';
  readonly account_id: string;
  readonly sync_id: string;
  readonly transaction?: { readonly id: string; readonly amount: string };
  readonly balance?: { readonly current: string };
}

/** A consumer of the change feed, who keeps all that it sees. */
export interface Follower {
  readonly seen: SeenChange[];
  cursor: string | undefined;
  /** One call. Answers with its items and whether there is more. */
  step(limit?: number): Promise<{ data: SeenChange[]; more: boolean }>;
  /** Calls until there is no more; answers with what was new. */
  catchUp(limit?: number): Promise<SeenChange[]>;
}

export function followChanges(freshet: Freshet, query = '', cursor?: string): Follower {
  const follower: Follower = {
    seen: [],
    cursor,
    async step(limit = 50) {
      const from = follower.cursor === undefined ? '' : `&cursor=${follower.cursor}`;
      const { status, body } = await freshet.call(
        'GET',
        `/v1/changes?limit=${limit}${from}${query}`,
      );
      expect([status, body.next_cursor]).toEqual([200, expect.any(String)]);
      follower.cursor = body.next_cursor;
      follower.seen.push(...body.data);
      return { data: body.data, more: body.has_more };
    },
    async catchUp(limit) {
      const before = follower.seen.length;
      while ((await follower.step(limit)).more);
      return follower.seen.slice(before);
    },
  };
  return follower;
}
