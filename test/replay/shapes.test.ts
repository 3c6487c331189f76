import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFreshetWithBank } from '../support/link.ts';
import { startPage, started, type Page } from '../support/page.ts';
import { runChain, type RecordedRun } from '../support/run-chain.ts';
import type { Freshet } from '../support/start-freshet.ts';
import { askedShapes, PACE_OF_ASKED, PACE_OF_TOLD, toldShapes } from './link-session-shapes.ts';
import { keepHistory } from './recorded.ts';
import { replay } from './replay.ts';
import {
  inShortRuns,
  nameOfRun,
  PACE_OF_SHAPES,
  PACE_OF_SHORT_RUNS,
  shapes,
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
async function playOn<S extends { readonly freshet: Freshet }>(
  stage: S,
  play: (stage: S) => Promise<string>,
  count = 1,
): Promise<RecordedRun[]> {
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

describe.each([
  { who: 'is told by webhooks', pace: PACE_OF_TOLD, shapes: toldShapes },
  { who: 'asks its provider', pace: PACE_OF_ASKED, shapes: askedShapes },
])('the course of a link session that $who', ({ pace, shapes }) => {
  let page: Page;
  beforeAll(async () => {
    page = await startPage({ linkSessionPace: pace });
    page.script(
      'startLink',
      ({ customer }: { customer: { id: string } }) => customer.id === 'expires soon',
      (input) => ({ result: started(`link-${(input as { sessionId: string }).sessionId}`, 500) }),
    );
  });
  afterAll(() => page.close());

  it.concurrent.each(Object.entries(shapes))(
    '%s is the same when it is replayed (invariant 12)',
    async (name, play) => {
      const runs = await playOn(page, play);
      expect(runs).toHaveLength(1);
      await expectReplayed(runs, () => name);
      if (RECORDS) await Promise.all(runs.map(({ history }) => keepHistory(name, history)));
    },
    LONGEST_MS,
  );
});
