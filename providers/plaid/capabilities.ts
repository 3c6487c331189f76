import type { Capabilities } from '../provider.ts';
import type { PlaidSettings } from './settings.ts';

/**
 * A webhook of new transactions tells of the balances too: the cached ones are "at least as recent as
 * the most recent Transaction update" (reference of `/accounts/get`). The interval is the span over
 * which Plaid counts its limits for an Item; there are no limits a day.
 */
export function capabilitiesOf(settings: PlaidSettings): Capabilities {
  return {
    webhooks: { balance: 'ids', transaction: 'ids' },
    transactions: 'cursor',
    refreshOnDemand: {
      balance: settings.realtimeBalance,
      transaction: settings.transactionsRefresh,
    },
    smallestIntervalMs: 60_000,
    callsPerDay: null,
    longestWindowDays: null,
    consentExpires: true,
    // By `/item/get`, which every look at the accounts begins with.
    tellsConsent: true,
    hostedLink: true,
  };
}
