import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../support/each.ts';
import { BANKS } from './banks.ts';
import { openRaceTrack, type RaceCount, type RaceTrack } from './race.ts';

/** Rounds for each account; an account's rounds follow each other. */
const ROUNDS = 25;
const ACCOUNTS: Readonly<Record<string, number>> = { plaid: 40, okra: 4, mono: 4 };
const AT_A_TIME = 8;

/** An account's seed, to repeat its races alone. */
const only = process.env['FRESHET_RACE_SEED'];

describe.each(BANKS)('$name: data that changes between the pages', (kind) => {
  let track: RaceTrack;
  beforeAll(async () => {
    track = await openRaceTrack(kind);
  }, 120_000);
  afterAll(() => track.close());

  const accounts = only === undefined ? (ACCOUNTS[kind.name] ?? 1) : 1;

  it(`loses, doubles and resurrects nothing in ${accounts * ROUNDS} races`, async () => {
    const first = only === undefined ? Math.floor(Math.random() * 1e9) : Number(only);
    console.info(`${kind.name}: seeds ${first} to ${first + accounts - 1} (FRESHET_RACE_SEED)`);
    const seeds = Array.from({ length: accounts }, (_, index) => first + index);
    const counts: RaceCount[] = [];
    await each(seeds, AT_A_TIME, async (seed) => counts.push(await track.run(seed, ROUNDS)));
    const moves = counts.reduce((sum, count) => sum + count.moves, 0);
    const restarts = counts.reduce((sum, count) => sum + count.restarts, 0);
    console.info(`${kind.name}: ${moves} changes between pages, ${restarts} reads begun again`);
    expect(moves).toBeGreaterThan(accounts * 10);
  }, 300_000);
});
