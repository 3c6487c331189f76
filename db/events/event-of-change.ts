import type { NewEvent } from './record-event.ts';
import type { AccountStatus, PauseReason } from '../schema.ts';

export interface AccountStanding {
  readonly status: AccountStatus;
  readonly pauseReason: PauseReason | null;
}

/** What is told of an account that comes from one state into another; null: nothing. */
export function eventOfChange(
  before: AccountStanding,
  after: AccountStanding,
): Pick<NewEvent, 'type' | 'data'> | null {
  const [from, to] = [before, after].map((one) =>
    one.status === 'paused' ? one.pauseReason : null,
  );
  if (from === to) return null;
  if (to === 'reauth_required') return { type: 'account.reauth_required' };
  if (to) return { type: 'account.paused', data: { reason: to } };
  if (from === 'user') return { type: 'account.resumed' };
  return { type: 'account.recovered', data: { reason: from } };
}
