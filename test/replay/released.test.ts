import { expect, it } from 'vitest';
import { recordedHistories } from './recorded.ts';
import { replay } from './replay.ts';
import { shapes } from './shapes.ts';

it('every recorded history is replayed by today’s workflows (invariant 12)', async () => {
  const histories = await recordedHistories();
  const missing = Object.keys(shapes).filter(
    (shape) => !histories.some(({ name }) => name.includes(`/${shape}`)),
  );
  expect(missing, 'recorded by npm run record-histories').toEqual([]);
  expect(await replay(histories)).toEqual({});
}, 60_000);
