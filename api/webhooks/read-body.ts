import type { Readable } from 'node:stream';
import { Problem, tooLarge } from '../http/problem.ts';
import type { ByteLease } from './byte-budget.ts';

export interface ReadBodyOptions {
  /** What its header says, if anything. */
  readonly announcedBytes: number | undefined;
  readonly mostBytes: number;
  readonly timeoutMs: number;
  readonly lease: ByteLease;
  /** Known already: what comes is thrown away, and then this is what it rejects with. */
  readonly refusal?: Problem | undefined;
}

/** A webhook of this size or less takes no second piece of memory. */
const FIRST_BYTES = 16 * 1024;
/** Chunks of a byte cost a thousand times what a body in one piece does. No bank sends a MiB in more pieces. */
const MOST_PIECES = 4_096;
/**
 * Of a body that is too large, so many times the most is read and thrown away: a client that still writes when the
 * connection is closed may never read the answer.
 */
const THROWN_AWAY = 8;

/**
 * Reads a body to its end. Rejects with a `Problem`: 413, 408, or 400 where the client goes away; and with `Overloaded`.
 *
 * What comes is copied into one piece of memory, since each chunk is an object of its own, however small it is. That
 * piece grows with what has come.
 */
export async function readBody(source: Readable, options: ReadBodyOptions): Promise<Uint8Array> {
  const { announcedBytes, mostBytes, timeoutMs, lease } = options;
  if (source.destroyed) throw incomplete();
  const announced = announcedBytes ?? 0;
  if (announced > THROWN_AWAY * mostBytes) throw tooMuch(mostBytes);
  let refusal = options.refusal ?? (announced > mostBytes ? tooMuch(mostBytes) : undefined);
  let body = Buffer.alloc(0);
  let length = 0;
  let pieces = 0;

  function append(chunk: Buffer): void {
    const needed = length + chunk.length;
    pieces += 1;
    if (pieces > MOST_PIECES) throw tooLarge(`A webhook comes in at most ${MOST_PIECES} pieces.`);
    if (refusal || needed > mostBytes) {
      refusal ??= tooMuch(mostBytes);
      if (needed > THROWN_AWAY * mostBytes) throw refusal;
      body = Buffer.alloc(0);
      length = needed;
      return;
    }
    if (needed > body.length) {
      const wanted = Math.min(Math.max(2 * body.length, FIRST_BYTES), announcedBytes ?? mostBytes);
      const grown = Math.max(needed, wanted);
      lease.take(grown - body.length);
      const larger = Buffer.allocUnsafe(grown);
      body.copy(larger, 0, 0, length);
      body = larger;
    }
    chunk.copy(body, length);
    length = needed;
  }

  const ended = Promise.withResolvers<void>();
  const onData = (chunk: Buffer): void => {
    try {
      append(chunk);
    } catch (error) {
      ended.reject(error);
    }
  };
  const onGone = (): void => ended.reject(incomplete());
  const onEnd = (): void => {
    // `close` follows before anybody who waits has a turn, and is no news.
    source.off('close', onGone);
    if (refusal) ended.reject(refusal);
    else ended.resolve();
  };
  const timer = setTimeout(() => ended.reject(refusal ?? tooSlow()), timeoutMs);
  source.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  try {
    await ended.promise;
  } finally {
    clearTimeout(timer);
    // What still comes is thrown away. `error` keeps its listener: without one it would end the process.
    source.off('data', onData).off('end', onEnd).off('close', onGone);
  }
  return body.subarray(0, length);
}

const CLOSE = { headers: { Connection: 'close' } };

const tooMuch = (mostBytes: number): Problem =>
  tooLarge(`A webhook has at most ${mostBytes} bytes.`);

const tooSlow = (): Problem =>
  new Problem(408, 'body_too_slow', 'The body did not come in time.', CLOSE);

/** Nobody is there to read it. */
const incomplete = (): Problem =>
  new Problem(400, 'body_incomplete', 'The body ended before its end.', CLOSE);
