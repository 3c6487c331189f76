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
  expectations: (play: Play) => Promise<void>,
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

  // The providers beside each other, each one's cases after each other.
  describe.each(BANKS)(`$name: ${concern}`, { concurrent: true }, (kind) => {
    cases((title, expectations, { needs = [], known = {}, timeoutMs = 60_000 } = {}) => {
      const reason = needs.map((ability) => kind.cannot[ability]).find((one) => one !== undefined);
      const fault = known[kind.name];
      const why = reason ? ` (not ${kind.name}: ${reason})` : fault ? ` (known: ${fault})` : '';
      it(
        `${title}${why}`,
        {
          concurrent: false,
          skip: reason !== undefined,
          fails: fault !== undefined,
          timeout: timeoutMs,
        },
        async () => {
          if (!stage) throw new Error('the stage is not open');
          await expectations(stage.at(kind.name));
        },
      );
    }, kind);
  });
}
