import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { applyOp } from './apply-op.ts';
import { decodeLine, encodeLine } from './codec.ts';
import type { Op } from './op.ts';
import { snapshot } from './snapshot.ts';
import type { State } from './state.ts';

const HEADER = /^freshet sandbox state 1 seed (".*")$/;
const COMPACT_AFTER_BYTES = 16 * 1024 * 1024;
const SYNC_AFTER_MS = 1000;

export interface Journal {
  /**
   * Appends a group of changes that hold together: after a crash all of them are there, or none.
   */
  append(ops: readonly Op[]): void;
  close(): void;
}

/**
 * Reads the state file into `state`, where there is one, and goes on with it. Each group of changes
 * is written before the call that made it is answered, so a killed process loses none; it reaches
 * the disk within a second, so a power failure may lose that much. The file is replaced by a
 * snapshot (temporary file, fsync, rename) at each start and after every 16 MB or more. Throws an
 * Error that names file and line when the file is damaged.
 */
export function openJournal(path: string, state: State): Journal {
  mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  if (existsSync(path)) load(path, state);
  let snapshotBytes = writeSnapshot(path, state);
  let appended = 0;
  let file = openSync(path, 'a', 0o600);
  let sync: NodeJS.Timeout | null = null;
  let closed = false;

  const compact = (): void => {
    closeSync(file);
    snapshotBytes = writeSnapshot(path, state);
    file = openSync(path, 'a', 0o600);
    appended = 0;
  };

  return {
    append(ops) {
      // The descriptor may be somebody else's by now.
      if (closed) throw new Error('the state file is closed');
      appended += writeAll(file, encodeLine(ops));
      if (appended > Math.max(COMPACT_AFTER_BYTES, snapshotBytes)) compact();
      sync ??= setTimeout(() => {
        sync = null;
        // A file that was replaced or closed meanwhile has been synced by that.
        fsync(file, () => undefined);
      }, SYNC_AFTER_MS).unref();
    },
    close() {
      closed = true;
      if (sync !== null) clearTimeout(sync);
      fsyncSync(file);
      closeSync(file);
    },
  };
}

function load(path: string, state: State): void {
  const bytes = readFileSync(path);
  let start = 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    // A line without its end was being written when the process died; its call was never answered.
    if (end === -1 && line > 1) return;
    const text = bytes.toString('utf8', start, end === -1 ? bytes.length : end);
    try {
      if (line === 1) state.seed = readHeader(text);
      else for (const op of decodeLine(text)) applyOp(state, op);
    } catch (cause) {
      throw new Error(
        `The sandbox state file ${path} is damaged at line ${line}. ` +
          'Restore it from a copy, or remove it to start with an empty bank.',
        { cause },
      );
    }
    start = end + 1;
  }
}

function readHeader(text: string): string {
  const seed = HEADER.exec(text)?.[1];
  if (seed === undefined) throw new Error('not a sandbox state file');
  return String(JSON.parse(seed));
}

function writeSnapshot(path: string, state: State): number {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  let bytes = 0;
  try {
    bytes += writeAll(file, `freshet sandbox state 1 seed ${JSON.stringify(state.seed)}\n`);
    for (const ops of snapshot(state)) bytes += writeAll(file, encodeLine(ops));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return bytes;
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
  return bytes.length;
}
