import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFreshetWithBank } from '../support/link.ts';
import { runChain, type RecordedRun } from '../support/run-chain.ts';
import { keepHistory } from './recorded.ts';
import { replay } from './replay.ts';
import {
  inShortRuns,
  nameOfRun,
  PACE_OF_SHAPES,
  PACE_OF_SHORT_RUNS,
  shapes,
  type Shape,
  type Stage,
} from './shapes.ts';

/** `npm run record-histories` sets it. */
const RECORDS = process.env['FRESHET_RECORD_HISTORIES'] !== undefined;

const LONGEST_MS = 90_000;

/** Sets a stage, which is the same in every test. */
function setStage(pace: object): () => Stage {
  let stage: Stage;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ close, ...stage } = await startFreshetWithBank({ ...pace, reconcileSeconds: 1 }));
  });
  afterAll(() => close());
  return () => stage;
}

/** Plays a shape to its end: until the workflow has had so many runs. */
async function playOn(stage: Stage, play: Shape, count = 1): Promise<RecordedRun[]> {
  const workflowId = await play(stage);
  return await eventually(async () => {
    const runs = await runChain(stage.freshet.temporal, workflowId, count + 1);
    return runs.length >= count && runs;
  });
}

async function expectReplayed(
  runs: readonly RecordedRun[],
  nameOf: (run: number) => string,
): Promise<void> {
  const named = runs.map(({ history }, index) => ({ name: nameOf(index + 1), history }));
  expect(await replay(named)).toEqual({});
}

describe('a workflow’s course on the server', () => {
  const stage = setStage(PACE_OF_SHAPES);

  it.concurrent.each(Object.entries(shapes))(
    '%s is the same when it is replayed (invariant 12)',
    async (name, play) => {
      const [run, ...more] = await playOn(stage(), play);
      if (!run) throw new Error('it has not run');
      expect(more).toEqual([]);
      await expectReplayed([run], () => name);
      if (RECORDS) await keepHistory(name, run.history);
    },
    LONGEST_MS,
  );
});

describe('a workflow’s course through several runs', () => {
  const stage = setStage(PACE_OF_SHORT_RUNS);

  it.concurrent.each(Object.entries(inShortRuns))(
    '%s is the same when it is replayed (invariant 12)',
    async (name, { runs: count, play }) => {
      const runs = await playOn(stage(), play, count);
      await expectReplayed(runs, (run) => nameOfRun(name, run));
      if (!RECORDS) return;
      const kept = runs.slice(0, count);
      await Promise.all(
        kept.map(({ history }, index) => keepHistory(nameOfRun(name, index + 1), history)),
      );
    },
    LONGEST_MS,
  );
});
