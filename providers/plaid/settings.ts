import type { RefreshOnDemand } from '../provider.ts';

export const ENVIRONMENTS = ['production', 'sandbox'] as const;

export type PlaidEnvironment = (typeof ENVIRONMENTS)[number];

export interface PlaidSettings {
  readonly clientId: string;
  readonly secret: string;
  readonly environment: PlaidEnvironment;
  /** Ends in a slash, so that endpoints resolve below it. */
  readonly baseUrl: URL;
  /**
   * Whether `baseUrl` is Plaid's own host of the environment: then a token that names another
   * environment cannot be right.
   */
  readonly isPlaidsHost: boolean;
  /** How far back a new Item's history is to go. */
  readonly daysRequested: number;
  /** When balances are asked for in real time, for which Plaid charges. */
  readonly realtimeBalance: RefreshOnDemand;
  /** When Plaid is asked to look for new transactions now, for which it charges. */
  readonly transactionsRefresh: RefreshOnDemand;
  /** What the customer sees in Link. */
  readonly clientName: string;
  readonly language: string;
  readonly countryCodes: readonly string[];
  /** For one HTTP call, body included. */
  readonly requestTimeoutMs: number;
  /** For a call that waits for the bank. Plaid speaks of 30 s and more. */
  readonly bankTimeoutMs: number;
}

export interface PlaidOptions {
  readonly clientId: string;
  readonly secret: string;
  readonly environment?: PlaidEnvironment | undefined;
  readonly baseUrl?: string | undefined;
  readonly daysRequested?: number | undefined;
  readonly realtimeBalance?: RefreshOnDemand | undefined;
  readonly transactionsRefresh?: RefreshOnDemand | undefined;
  readonly clientName?: string | undefined;
  readonly language?: string | undefined;
  readonly countryCodes?: readonly string[] | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly bankTimeoutMs?: number | undefined;
}

/**
 * Fills in what was left out. History is asked for as far back as Plaid goes: it costs no more, and
 * cannot be had later for an Item that was linked with less.
 */
export function plaidSettings(options: PlaidOptions): PlaidSettings {
  const environment = options.environment ?? 'production';
  const baseUrl = new URL(options.baseUrl ?? `https://${environment}.plaid.com`);
  if (!baseUrl.pathname.endsWith('/')) baseUrl.pathname += '/';
  return {
    clientId: options.clientId,
    secret: options.secret,
    environment,
    baseUrl,
    isPlaidsHost: options.baseUrl === undefined,
    daysRequested: options.daysRequested ?? 730,
    realtimeBalance: options.realtimeBalance ?? 'never',
    transactionsRefresh: options.transactionsRefresh ?? 'never',
    clientName: options.clientName ?? 'Freshet',
    language: options.language ?? 'en',
    countryCodes: options.countryCodes ?? ['US'],
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    bankTimeoutMs: options.bankTimeoutMs ?? 120_000,
  };
}
