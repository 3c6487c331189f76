import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../support/each.ts';
import type { Provider } from '../../providers/provider.ts';
import { createMonoProvider } from '../../providers/mono/provider.ts';
import { monoSettings } from '../../providers/mono/settings.ts';
import type { Bank } from './bank.ts';
import { mono } from './banks/mono.ts';
import { BANKS } from './banks.ts';
import { openRaceTrack, type RaceCount, type RaceTrack } from './race.ts';

/** Rounds for each account; an account's rounds follow each other. */
const ROUNDS = 25;
const ACCOUNTS: Readonly<Record<string, number>> = { plaid: 40 };
const AT_A_TIME = 8;

/** An account's seed, to repeat its races alone. */
const only = process.env['FRESHET_RACE_SEED'];

/**
 * Mono's list comes in one answer unless it is too large: then in halves, between which it may change, and which
 * the connector takes for no proof that a row is gone.
 */
const inHalves = ({ env }: Bank): Provider =>
  createMonoProvider(
    monoSettings({
      secretKey: env['FRESHET_MONO_SECRET_KEY'] ?? '',
      webhookSecret: env['FRESHET_MONO_WEBHOOK_SECRET'] ?? '',
      baseUrl: env['FRESHET_MONO_BASE_URL'],
      maxBytes: 2_500,
    }),
  );

const RACES = [
  ...BANKS.map((kind) => ({ name: kind.name, kind, options: {} })),
  { name: 'mono in halves', kind: mono, options: { provider: inHalves, removes: false } },
];

describe.each(RACES)('$name: data that changes between the pages', ({ name, kind, options }) => {
  let track: RaceTrack;
  beforeAll(async () => {
    track = await openRaceTrack(kind, options);
  }, 120_000);
  afterAll(() => track.close());

  const accounts = only === undefined ? (ACCOUNTS[name] ?? 4) : 1;

  it(`loses, doubles and resurrects nothing in ${accounts * ROUNDS} races`, async () => {
    const first = only === undefined ? Math.floor(Math.random() * 1e9) : Number(only);
    console.info(`${name}: seeds ${first} to ${first + accounts - 1} (FRESHET_RACE_SEED)`);
    const seeds = Array.from({ length: accounts }, (_, index) => first + index);
    const counts: RaceCount[] = [];
    await each(seeds, AT_A_TIME, async (seed) => counts.push(await track.run(seed, ROUNDS)));
    const moves = counts.reduce((sum, count) => sum + count.moves, 0);
    const restarts = counts.reduce((sum, count) => sum + count.restarts, 0);
    console.info(`${name}: ${moves} changes between pages, ${restarts} reads begun again`);
    expect(moves).toBeGreaterThan(accounts * 5);
  }, 300_000);
});
