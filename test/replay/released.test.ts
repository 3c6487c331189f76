import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { recordedHistories } from './recorded.ts';
import { replay } from './replay.ts';
import { NAMES } from './shapes.ts';

it('of this version every shape is recorded, and nothing else', async () => {
  const folder = `${manifest.version}/`;
  const names = (await recordedHistories())
    .map(({ name }) => name)
    .filter((name) => name.startsWith(folder));
  expect(names, 'npm run record-histories records them').toEqual(
    NAMES.map((name) => `${folder}${name}.json`).toSorted(),
  );
});

it('every recorded history is replayed by today’s workflows (invariant 12)', async () => {
  expect(await replay(await recordedHistories())).toEqual({});
}, 60_000);
