import type { RefreshOnDemand } from '../provider.ts';

export interface MonoSettings {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Ends in a slash, so that endpoints resolve below it. */
  readonly baseUrl: URL;
  /** Where customers go who were given no other place: Mono takes no link without one. */
  readonly redirectUrl: string | null;
  /** When balances are asked for in real time, for which Mono charges. */
  readonly realtimeBalance: RefreshOnDemand;
  /** The same for transactions. */
  readonly realtimeTransactions: RefreshOnDemand;
  /** For one HTTP call, body included. In real time Mono answers after 30 s at the latest. */
  readonly requestTimeoutMs: number;
  /** The first pause between two looks at a job; it grows by half, up to eightfold. */
  readonly jobPollMs: number;
  /** How long a job is waited for. */
  readonly jobTimeoutMs: number;
  /** The largest answer that is read: it takes ten times as much memory. A longer list is read in parts. */
  readonly maxBytes: number;
}

export interface MonoOptions {
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly baseUrl?: string | undefined;
  readonly redirectUrl?: string | undefined;
  readonly realtimeBalance?: RefreshOnDemand | undefined;
  readonly realtimeTransactions?: RefreshOnDemand | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly jobPollMs?: number | undefined;
  readonly jobTimeoutMs?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** Fills in what was left out. Throws an `Error` that names the option where it cannot be used. */
export function monoSettings(options: MonoOptions): MonoSettings {
  const baseUrl = new URL(options.baseUrl ?? 'https://api.withmono.com');
  if (baseUrl.username !== '' || baseUrl.search !== '' || baseUrl.hash !== '') {
    throw new Error('mono: the base URL must be without user, query and fragment');
  }
  if (!baseUrl.pathname.endsWith('/')) baseUrl.pathname += '/';
  return {
    secretKey: options.secretKey,
    webhookSecret: options.webhookSecret,
    baseUrl,
    redirectUrl: options.redirectUrl ?? null,
    realtimeBalance: options.realtimeBalance ?? 'never',
    realtimeTransactions: options.realtimeTransactions ?? 'never',
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    jobPollMs: options.jobPollMs ?? 2_000,
    jobTimeoutMs: options.jobTimeoutMs ?? 60_000,
    maxBytes: options.maxBytes ?? 8 * 1024 * 1024,
  };
}
