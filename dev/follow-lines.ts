import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 200;

/**
 * The lines of a file that another process appends to, those there already first, until `signal`
 * fires.
 */
export async function* followLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const handle = await open(file, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    while (!signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) {
        await sleep(EVERY_MS);
        continue;
      }
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split(
        '\n',
      );
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    await handle.close();
  }
}
