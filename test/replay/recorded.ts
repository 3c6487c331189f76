import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import manifest from '../../package.json' with { type: 'json' };

/** Recorded histories: a folder for each released version, a file for each run of each shape. */
const FOLDER = new URL('histories/', import.meta.url);

/** Writes a history among those of the version that is being made. */
export async function keepHistory(name: string, history: History): Promise<void> {
  const folder = new URL(`${manifest.version}/`, FOLDER);
  await mkdir(folder, { recursive: true });
  // Who ran it says nothing of its shape.
  const text = historyToJSON(history).replaceAll(/"identity":\s*"[^"]*"/g, '"identity":"recorded"');
  await writeFile(new URL(`${name}.json`, folder), `${text}\n`);
}

/** All that were ever recorded, by version and name. */
export async function recordedHistories(): Promise<{ name: string; history: unknown }[]> {
  const files = await readdir(FOLDER, { recursive: true });
  const names = files.filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    names.map(async (name) => {
      const history: unknown = JSON.parse(await readFile(new URL(name, FOLDER), 'utf8'));
      return { name, history };
    }),
  );
}
