import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { DELIVERY_PACE } from '../../config/delivery-pace.ts';
import { anyEvent } from '../../events/event-schemas.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('receiving-events.md', DOCS), 'utf8');

const UNITS: Readonly<Record<string, number>> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** Such as `5 minutes`, in milliseconds. */
function toMs(text: string | undefined): number {
  const [count, unit = ''] = text?.split(' ') ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

/** From the table with the example of a signature. */
const given = (name: string): string =>
  new RegExp(`^\\| ${name} +\\| \`(.*?)\` +\\|$`, 'm').exec(page)?.[1] ?? '';

describe('the page for receivers', () => {
  it('shows the very programs that the tests run', () => {
    const shown = [...page.matchAll(/^\[`(receivers\/.*?)`\]\(\1\):\n\n```\w+\n(.*?)^```$/gms)];
    for (const [, file = '', code] of shown) {
      expect(code).toBe(readFileSync(new URL(file, DOCS), 'utf8'));
    }
    const programs = readdirSync(new URL('receivers/', DOCS), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|py|go)$/.test(file))
      .map((file) => `receivers/${file}`);
    const files = shown.map(([, file]) => file);
    expect(new Set(files)).toEqual(new Set(programs));
  });

  it('tells the retries as they are', () => {
    const [section = ''] = /^### Retries$.*?^#/ms.exec(page) ?? [];
    const rows = [...section.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)];
    expect(rows.map(([, attempt]) => Number(attempt))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.slice(1).map(([, , wait]) => toMs(wait))).toEqual(DELIVERY_PACE.retryDelaysMs);
    expect([DELIVERY_PACE.jitter, page.includes('up to a tenth')]).toEqual([0.1, true]);
  });

  it('tells the other times and counts as they are', () => {
    const text = page.replaceAll('\n', ' ');
    const found = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
    const pace = DELIVERY_PACE;
    expect(toMs(found(/You have (15\sseconds) until/))).toBe(pace.attemptTimeoutMs);
    expect(toMs(found(/none within (\d+ \w+)/))).toBe(pace.attemptTimeoutMs);
    expect(toMs(found(/is not answered within (\d+ \w+)/))).toBe(pace.orderWaitMs);
    expect(Number(found(/After (\d+) failures in a row/))).toBe(pace.failuresToRest);
    expect(toMs(found(/rests: for (\d+ \w+) first/))).toBe(pace.firstRestMs);
    expect(toMs(found(/and at most (\d+ \w+)\./))).toBe(pace.longestRestMs);
    expect(Number(found(/as many as (\d+) requests at a time/))).toBe(pace.concurrency);
    expect(toMs(found(/When it has failed for (\d+ \w+),/))).toBe(pace.disableAfterMs);
  });

  it('shows an event as its schema has it', () => {
    const [, example = ''] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
    const event: unknown = JSON.parse(example);
    expect(anyEvent.parse(event)).toEqual(event);
  });

  it('shows a signature that the official package makes', () => {
    const at = new Date(Number(given('timestamp')) * 1_000);
    const signature = new Webhook(given('secret')).sign(given('id'), at, given('body'));
    expect(given('signature')).toBe(signature);
  });

  it('points only to what there is', () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const anchors = [...page.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor]) => anchor);
    expect(headings).toEqual(expect.arrayContaining(anchors));
    const files = [...page.matchAll(/\]\(([\w./-]+)(?:#.*?)?\)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(new URL(file, DOCS)))).toEqual([]);
  });
});
