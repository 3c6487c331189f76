import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFreshetWithBank } from '../support/link.ts';
import { runChain } from '../support/run-chain.ts';
import { keepHistory } from './recorded.ts';
import { replay } from './replay.ts';
import { PACE_OF_SHAPES, shapes, type Stage } from './shapes.ts';

/** `npm run record-histories` sets it. */
const RECORDS = process.env['FRESHET_RECORD_HISTORIES'] !== undefined;

let stage: Stage;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ close, ...stage } = await startFreshetWithBank({ ...PACE_OF_SHAPES, reconcileSeconds: 1 }));
});
afterAll(() => close());

describe('a workflow’s course on the server', () => {
  it.concurrent.each(Object.entries(shapes))(
    '%s is the same when it is replayed (invariant 12)',
    async (name, play) => {
      const runs = await runChain(stage.freshet.temporal, await play(stage));
      const histories = runs.map(({ history }, index) => ({
        name: runs.length === 1 ? name : `${name}-${index + 1}`,
        history,
      }));
      expect(await replay(histories)).toEqual({});
      if (RECORDS) await Promise.all(histories.map((one) => keepHistory(one.name, one.history)));
    },
    60_000,
  );
});
