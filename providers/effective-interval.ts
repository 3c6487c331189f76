import { INTERVAL_MS, INTERVALS, type Interval } from '../config/interval.ts';
import type { Capabilities } from './provider.ts';
import type { ProviderRegistry } from './registry.ts';

export type LimitedBy = 'provider_smallest_interval' | 'provider_calls_per_day';

export type ProviderLimits = Pick<Capabilities, 'smallestIntervalMs' | 'callsPerDay'>;

export interface EffectiveInterval {
  /** Null: no refresh by itself. */
  readonly interval: Interval | null;
  /**
   * What the provider allows less of than was asked for; null: nothing. Told too where the interval is
   * kept all the same, as none is longer than a day.
   */
  readonly limitedBy: LimitedBy | null;
}

const NO_LIMITS: ProviderLimits = { smallestIntervalMs: null, callsPerDay: null };

/** What a provider allows. One that is not configured limits nothing: nothing is asked of it. */
export function limitsOf(providers: ProviderRegistry, name: string): ProviderLimits {
  return providers.get(name)?.capabilities ?? NO_LIMITS;
}

/**
 * How often an account can be refreshed: the shortest interval with a name that is not shorter than
 * the one that was asked for, nor than the provider allows. Never longer than a day, also where the
 * provider allows less than that: no account goes unrefreshed for longer.
 *
 * @param products how many are kept fresh. A refresh is a call for each of them.
 */
export function effectiveInterval(
  requested: Interval | null,
  products: number,
  limits: ProviderLimits,
): EffectiveInterval {
  if (requested === null) return { interval: null, limitedBy: null };
  const smallestMs = limits.smallestIntervalMs ?? 0;
  const budgetMs =
    limits.callsPerDay === null ? 0 : (INTERVAL_MS.daily * products) / limits.callsPerDay;
  const allowedMs = Math.max(smallestMs, budgetMs);
  if (INTERVAL_MS[requested] >= allowedMs) return { interval: requested, limitedBy: null };
  const interval = INTERVALS.find((name) => INTERVAL_MS[name] >= allowedMs) ?? 'daily';
  const limitedBy =
    smallestMs >= budgetMs ? 'provider_smallest_interval' : 'provider_calls_per_day';
  return { interval, limitedBy };
}
