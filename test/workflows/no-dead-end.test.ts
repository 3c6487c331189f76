import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRODUCTS, type Product } from '../../config/product.ts';
import {
  askFor,
  canStart,
  deadline,
  endProviderError,
  fail,
  openState,
  passDeadline,
  pauseReason,
  stillBecause,
  succeed,
  takeConsent,
  takeSettings,
  takeWork,
  type AccountSyncState,
  type Work,
} from '../../workflows/account-state.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

type Step =
  | { readonly do: 'trigger'; readonly product: Product; readonly trigger: 'webhook' | 'manual' }
  | { readonly do: 'begin' | 'succeed'; readonly product: Product }
  | { readonly do: 'fail'; readonly product: Product; readonly kind: string; readonly code: string }
  | { readonly do: 'consent'; readonly status: 'active' | 'reauth_required' | 'gone' }
  | { readonly do: 'settings'; readonly paused: boolean; readonly interval: number | null }
  | { readonly do: 'pass'; readonly ms: number };

const product = fc.constantFrom(...PRODUCTS);
const failure = fc.record({
  do: fc.constant('fail' as const),
  product,
  kind: fc.constantFrom('retry', 'config', 'gone', 'reauth'),
  code: fc.constantFrom('account_unknown', 'other'),
});
const succeeding = fc.record({ do: fc.constant('succeed' as const), product });
/** What would seldom follow one another by chance. */
const wholeSync: fc.Arbitrary<Step[]> = fc
  .tuple(fc.oneof(failure, succeeding), fc.oneof(failure, succeeding))
  .map((ends) => [
    ...PRODUCTS.map((name) => ({ do: 'begin' as const, product: name })),
    ...ends.map((end, place) => ({ ...end, product: PRODUCTS[place] ?? end.product })),
  ]);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('trigger' as const),
    product,
    trigger: fc.constantFrom('webhook' as const, 'manual' as const),
  }),
  fc.record({ do: fc.constant('begin' as const), product }),
  succeeding,
  failure,
  fc.record({
    do: fc.constant('consent' as const),
    status: fc.constantFrom('active' as const, 'reauth_required' as const, 'gone' as const),
  }),
  fc.record({
    do: fc.constant('settings' as const),
    paused: fc.boolean(),
    interval: fc.constantFrom(null, MINUTE, 60 * MINUTE),
  }),
  fc.record({
    do: fc.constant('pass' as const),
    ms: fc.integer({ min: 1, max: 48 * 60 * MINUTE }),
  }),
);

const story = fc
  .array(
    fc.oneof(
      step.map((one) => [one]),
      wholeSync,
    ),
    { maxLength: 40, size: 'max' },
  )
  .map((steps) => steps.flat());

interface Running {
  readonly work: Work;
  readonly at: number;
  readonly version: number;
}

/** Plays what the lanes of the workflow do. */
function act(
  state: AccountSyncState,
  one: Step,
  running: Map<Product, Running>,
  now: number,
): void {
  if (one.do === 'trigger') askFor(state, [one.product], one.trigger);
  else if (one.do === 'consent') {
    const version = state.pauses.consent.version + 1;
    takeConsent(state, { status: one.status, version }, now);
  } else if (one.do === 'settings') {
    const { version } = state.settings;
    const { paused, interval: intervalMs } = one;
    takeSettings(state, { ...state.settings, version: version + 1, paused, intervalMs }, now);
  } else if (one.do === 'pass') passDeadline(state, now);
  else if (one.do === 'begin') {
    if (running.has(one.product) || !canStart(state, one.product)) return;
    const { version } = state.pauses.consent;
    running.set(one.product, { work: takeWork(state, one.product), at: now, version });
  } else {
    const sync = running.get(one.product);
    running.delete(one.product);
    if (!sync?.work.mayCall) return;
    if (one.do === 'fail') failed(state, one, sync, now);
    else succeeded(state, one.product, sync, now);
  }
}

/** As `syncs.ts` does, where nothing newer is known of the consent. */
function failed(
  state: AccountSyncState,
  { product: name, kind, code }: Extract<Step, { do: 'fail' }>,
  { work, version }: Running,
  now: number,
): void {
  fail(state, name, work, { kind, code, retryAfterMs: null }, now);
  const isOfConsent = kind === 'reauth' || (kind === 'gone' && code === 'other');
  if (!isOfConsent) return;
  const status = kind === 'reauth' ? 'reauth_required' : 'gone';
  const known = state.pauses.consent;
  // Where something newer is known, it is what Postgres answers.
  if (known.version === version) takeConsent(state, { status, version: version + 1 }, now);
}

function succeeded(
  state: AccountSyncState,
  name: Product,
  { at, version }: Running,
  now: number,
): void {
  succeed(state, name, now);
  if (pauseReason(state) === 'provider_error' || state.pauses.failing) {
    endProviderError(state, at, now);
  }
  const known = state.pauses.consent;
  if (known.status !== 'gone') return;
  if (known.version === version)
    takeConsent(state, { status: 'active', version: version + 1 }, now, at);
  else askFor(state, [name], 'reconcile');
}

describe('no state without a way out (invariant 9)', () => {
  it('whatever happens, something is planned, unless a person has to act', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const state = openState(
          {
            accountId: '01a20851-3830-72f0-b2f2-a094ecefa2ce',
            provider: 'okra',
            settings: {
              version: 1,
              paused: false,
              interval: 'one_minute',
              effectiveInterval: 'one_minute',
              intervalMs: MINUTE,
              products: PRODUCTS,
            },
            known: { scanned: [], consent: { status: 'active', version: 1 }, providerError: false },
          },
          START,
        );
        const running = new Map<Product, Running>();
        let now = START;
        for (const one of steps) {
          now += one.do === 'pass' ? one.ms : 1;
          act(state, one, running, now);
          const isPlanned =
            running.size > 0 ||
            deadline(state) !== null ||
            PRODUCTS.some((name) => canStart(state, name));
          // Without an interval an account that is well waits for webhooks.
          const isIdle = state.settings.intervalMs === null && pauseReason(state) === null;
          expect(isPlanned || isIdle || stillBecause(state) !== null).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
