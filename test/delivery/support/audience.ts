import type { EventType } from '../../../config/event-type.ts';
import type { Mood } from './moody-receiver.ts';

/** Who hears, and of what; and which moods it has. */
export interface Listener {
  readonly name: string;
  readonly moods: readonly Mood[];
  /** All where not given. */
  readonly types?: readonly EventType[];
  readonly payload?: 'full' | 'ids';
  readonly unchanged?: boolean;
  /** It is one account's `webhook_url`. */
  readonly ofAccount?: true;
}

const EVERY_MOOD: readonly Mood[] = [
  'slow',
  'late',
  'hanging',
  'resetting',
  'breaking_off',
  'rude',
  'failing',
  'overloaded',
  'throttling',
  'redirecting',
  'away',
];

/** Twenty receivers, as different as they come. */
export const AUDIENCE: readonly Listener[] = [
  { name: 'steady', moods: [] },
  { name: 'steady, ids', moods: [], payload: 'ids' },
  {
    name: 'steady, balances',
    moods: [],
    types: ['balance.success', 'balance.failed'],
    unchanged: true,
  },
  { name: 'own', moods: ['failing', 'away', 'rude'], ofAccount: true },
  { name: 'slow', moods: ['slow'] },
  { name: 'slow, transactions', moods: ['slow', 'late'], types: ['transaction.success'] },
  { name: 'late', moods: ['late'] },
  { name: 'hanging', moods: ['hanging'] },
  { name: 'hanging, ids', moods: ['hanging', 'slow'], payload: 'ids' },
  { name: 'resetting', moods: ['resetting'] },
  { name: 'breaking off', moods: ['breaking_off', 'resetting'] },
  { name: 'rude', moods: ['rude'] },
  { name: 'failing', moods: ['failing'] },
  { name: 'overloaded', moods: ['overloaded'] },
  { name: 'throttling, ids', moods: ['throttling'], payload: 'ids' },
  { name: 'redirecting', moods: ['redirecting'] },
  { name: 'away', moods: ['away'] },
  {
    name: 'away, accounts',
    moods: ['away', 'resetting'],
    types: ['account.linked', 'account.reauth_required', 'account.recovered'],
  },
  { name: 'everything', moods: EVERY_MOOD },
  { name: 'gone', moods: ['gone', 'failing'], payload: 'ids' },
];
