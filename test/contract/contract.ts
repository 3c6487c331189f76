import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Ability, BankKind } from './bank.ts';
import { BANKS } from './banks.ts';
import { openStage, type Play, type Stage, type StageOptions } from './stage.ts';

export interface CaseOptions {
  /** What the provider must be able to do for the case to mean anything. */
  readonly needs?: readonly Ability[];
  /** Why the case fails today, by provider: it shows, and fails once it is mended. */
  readonly known?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export type Case = (
  title: string,
  run: (play: Play) => Promise<void>,
  options?: CaseOptions,
) => void;

/**
 * Cases about one concern, each run for every provider, with one Freshet for all. A case that a provider cannot do by
 * its nature shows as skipped, with the reason.
 */
export function contract(
  concern: string,
  cases: (add: Case, kind: BankKind) => void,
  options: StageOptions = {},
): void {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await openStage(options);
  }, 120_000);
  afterAll(() => stage?.close());

  describe.each(BANKS)(`$name: ${concern}`, (kind) => {
    cases((title, run, { needs = [], known = {}, timeoutMs = 60_000 } = {}) => {
      const missing = needs.find((ability) => kind.cannot[ability] !== undefined);
      if (missing !== undefined) {
        it.skip(`${title} (not ${kind.name}: ${kind.cannot[missing]})`);
        return;
      }
      const fault = known[kind.name];
      const test = fault === undefined ? it : it.fails;
      test(
        fault === undefined ? title : `${title} (a known fault: ${fault})`,
        async () => {
          if (!stage) throw new Error('the stage is not open');
          await run(stage.at(kind.name));
        },
        timeoutMs,
      );
    }, kind);
  });
}
