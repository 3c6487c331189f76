import { Hono } from 'hono';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createCountedLog } from '../../api/http/counted-log.ts';
import { onError } from '../../api/http/on-error.ts';
import { Overloaded } from '../../api/webhooks/overloaded.ts';
import { eventually } from '../support/eventually.ts';

/** The messages of the errors that are logged, of requests that fail with these. */
async function logged(errors: readonly Error[]): Promise<string[]> {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const left = errors.values();
  const app = new Hono().get('/', () => {
    throw left.next().value ?? new Error('too many requests');
  });
  app.onError(onError(logger));
  for (const _ of errors) await app.request('/');
  return lines.map((line) => JSON.parse(line).err.message as string);
}

describe('what the log tells of requests that failed', () => {
  it('has each that nobody foresaw, with its cause', async () => {
    expect(await logged([new TypeError('one'), new TypeError('two')])).toEqual(['one', 'two']);
  });

  it('has the first of many that could not be served', async () => {
    expect(await logged(Array.from({ length: 50 }, () => new Overloaded()))).toHaveLength(1);
  });
});

describe('a counted log', () => {
  it('tells of the first at once, and then of the latest, with how many there were', async () => {
    const log = createCountedLog(50);
    const lines: [string, number][] = [];
    const note = (what: string) => log.note('key', (count) => lines.push([what, count]));
    for (const what of ['first', 'second', 'third']) note(what);
    expect(lines).toEqual([['first', 1]]);
    await eventually(() => lines.length === 2);
    expect(lines[1]).toEqual(['third', 2]);
  });
});
