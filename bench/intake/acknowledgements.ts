import type { BenchStack } from '../support/start-bench-stack.ts';
import { withIntakeBench } from './intake-bench.ts';
import { PATHS, type PathName } from './paths.ts';
import { runPath, type Acknowledged } from './run-path.ts';

export interface AcknowledgementOptions {
  readonly accounts: number;
  /** Of a run of a fast path at the most concurrent senders. */
  readonly requests: number;
  readonly rounds: number;
  readonly senders: number;
  /** Other numbers of senders, at which only Freshet and the bare insert are measured. */
  readonly otherSenders: readonly number[];
  readonly say: (line: string) => void;
}

/** A run for each round. */
export type Runs = readonly Acknowledged[];

export interface Acknowledgements {
  readonly paths: Readonly<Record<PathName, Runs>>;
  readonly bySenders: ReadonlyMap<number, Readonly<Record<'freshet' | 'insert', Runs>>>;
}

/** A lone sender takes its time: so many for each are enough. */
const REQUESTS_A_SENDER = 1_500;

/** How fast each endpoint acknowledges webhooks, by turns, in another order each round. */
export async function measureAcknowledgements(
  stack: BenchStack,
  options: AcknowledgementOptions,
): Promise<Acknowledgements> {
  const { accounts, requests, rounds, say } = options;
  return await withIntakeBench(
    stack,
    { accounts, webhooks: requests * 1.25 + 1 },
    async (bench) => {
      async function byTurns<Name extends PathName>(
        names: readonly Name[],
        senders: number,
      ): Promise<Record<Name, Acknowledged[]>> {
        const runs = Object.fromEntries(names.map((name) => [name, [] as Acknowledged[]]));
        for (let round = 0; round < rounds; round += 1) {
          for (const name of orderOf(names, round)) {
            const most = Math.min(requests, senders * REQUESTS_A_SENDER);
            const run = await runPath(bench, name, {
              senders,
              count: Math.ceil(most * PATHS[name].share),
            });
            runs[name]?.push(run);
            say(`${senders} senders, round ${round + 1}, ${name}: ${run.perSecond.toFixed(0)}/s`);
          }
        }
        return runs as Record<Name, Acknowledged[]>;
      }

      const all = ['freshet', 'insert', 'signal', 'job'] as const;
      const paths = await byTurns(all, options.senders);
      const bySenders = new Map([
        [options.senders, paths as Pick<typeof paths, 'freshet' | 'insert'>],
      ]);
      for (const senders of options.otherSenders) {
        bySenders.set(senders, await byTurns(['freshet', 'insert'], senders));
      }
      return { paths, bySenders };
    },
  );
}

/** Forwards, backwards, and then the same from the next one on. */
function orderOf<Name>(names: readonly Name[], round: number): Name[] {
  const first = Math.floor(round / 2) % names.length;
  const order = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? order : order.toReversed();
}
