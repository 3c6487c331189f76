import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { temporal } from '@temporalio/proto';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import manifest from '../../package.json' with { type: 'json' };

/** Recorded histories: a folder for each released version, a file for each run of each shape. */
const FOLDER = new URL('histories/', import.meta.url);

/*
 * As protobufjs writes messages, not as the SDK's historyToJSON: that one takes only types of its own copy
 * of protobufjs, of which an installation may hold several.
 */
const Message = temporal.api.history.v1.History;
const READABLE = { longs: String, enums: String, bytes: String } as const;

/** Writes a history among those of the version that is being made. */
export async function keepHistory(name: string, history: History): Promise<void> {
  const folder = new URL(`${manifest.version}/`, FOLDER);
  await mkdir(folder, { recursive: true });
  const message = Message.toObject(Message.fromObject(history), READABLE);
  // Who ran it, and from which folder, says nothing of its shape.
  const text = JSON.stringify(
    message,
    (key, value: unknown) => {
      if (key === 'identity') return 'recorded';
      return key === 'stackTrace' ? '' : value;
    },
    2,
  );
  await writeFile(new URL(`${name}.json`, folder), `${text}\n`);
}

/** All that were ever recorded, by version and name, as `0.1.0/first-scan.json`, in their order. */
export async function recordedHistories(): Promise<{ name: string; history: History }[]> {
  const files = await readdir(FOLDER, { recursive: true });
  const names = files.filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      return { name, history: Message.fromObject(JSON.parse(text)) };
    }),
  );
}
