import type { Capabilities } from '../provider.ts';
import type { MonoSettings } from './settings.ts';

/**
 * `account_updated` carries the account in full, and no transactions. Mono asks a bank again after five
 * minutes at the earliest (docs.mono.co/docs/financial-data/realtime-data), and tells of no limit a day, no
 * end of a consent, and no longest window. No call tells that a customer must log in again: only
 * webhooks do, and a real-time job in one of its documented shapes.
 */
export function capabilitiesOf(settings: MonoSettings): Capabilities {
  return {
    webhooks: { balance: 'complete', transaction: 'ids' },
    transactions: 'window',
    refreshOnDemand: {
      balance: settings.realtimeBalance,
      transaction: settings.realtimeTransactions,
    },
    smallestIntervalMs: 5 * 60_000,
    callsPerDay: null,
    longestWindowDays: null,
    consentExpires: false,
    tellsConsent: false,
    hostedLink: true,
  };
}
