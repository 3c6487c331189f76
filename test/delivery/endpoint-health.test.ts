import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterSuccess,
  HEALTHY,
  isFailing,
  type EndpointHealth,
} from '../../activities/deliveries/endpoint-health.ts';
import { retryDelay } from '../../activities/deliveries/retry-delay.ts';
import { DELIVERY_PACE } from '../../config/delivery-pace.ts';

const pace = DELIVERY_PACE;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const failed = (
  health: EndpointHealth,
  startedAt: number,
  endedAt: number,
  {
    statusCode = 500,
    retryAfterMs = null,
  }: { statusCode?: number; retryAfterMs?: number | null } = {},
): EndpointHealth => afterFailure(health, { startedAt, endedAt, statusCode, retryAfterMs }, pace);

describe('the health of an endpoint', () => {
  it('counts failures that overlap once, however long they go on', () => {
    let health = HEALTHY;
    // Each of sixteen lanes begins the next when one has ended; they end a millisecond apart.
    const lanes = Array.from({ length: 16 }, (_, lane) => ({ startedAt: 0, endsAt: 100 + lane }));
    for (let round = 0; round < 3; round += 1) {
      for (const lane of lanes) {
        health = failed(health, lane.startedAt, lane.endsAt);
        lane.startedAt = lane.endsAt;
        lane.endsAt += 100;
      }
    }
    expect(health.failures).toBe(3);
    expect(isFailing(health, pace)).toBe(true);
    expect(health.failingSince).toBe(100);
  });

  it('rests from the third failure in a row on, twice as long each time', () => {
    let health = HEALTHY;
    const rests: (number | null)[] = [];
    for (let at = 0; at < 12; at += 1) {
      health = failed(health, at * DAY, at * DAY + 1);
      rests.push(health.restUntil === null ? null : health.restUntil - (at * DAY + 1));
    }
    const doubled = [5, 10, 20, 40, 80, 160, 300, 300, 300, 300].map((s) => s * 1_000);
    expect(rests).toEqual([null, null, ...doubled]);
    expect(afterSuccess(health, 12 * DAY)).toMatchObject({
      failures: 0,
      failingSince: null,
      restUntil: null,
    });
  });

  it('rests at once where it is overloaded, or asks for it', () => {
    for (const statusCode of [429, 502, 503, 504]) {
      expect(failed(HEALTHY, 0, 10, { statusCode }).restUntil).toBe(10 + pace.firstRestMs);
    }
    for (const statusCode of [400, 404, 500]) {
      expect(failed(HEALTHY, 0, 10, { statusCode }).restUntil).toBeNull();
    }
    const asked = [60_000, 9 * HOUR].map(
      (retryAfterMs) => failed(HEALTHY, 0, 10, { retryAfterMs }).restUntil,
    );
    expect(asked).toEqual([60_010, HOUR + 10]);
  });

  it('keeps the longest rest that was asked for, whatever else was under way', () => {
    const outcome = fc.record({
      succeeded: fc.boolean(),
      statusCode: fc.constantFrom(429, 500, 503),
      retryAfterMs: fc.option(fc.nat({ max: 2 * HOUR })),
    });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 16 }), (outcomes) => {
        let health = HEALTHY;
        let asked = 0;
        for (const [index, { succeeded, ...answer }] of outcomes.entries()) {
          // All began at the same time.
          const endedAt = 10 + index;
          health = succeeded ? afterSuccess(health, 0) : failed(health, 0, endedAt, answer);
          const wait = Math.min(answer.retryAfterMs ?? 0, HOUR);
          if (!succeeded && wait > 0) asked = Math.max(asked, endedAt + wait);
          expect(health.restUntil ?? 0).toBeGreaterThanOrEqual(asked);
          expect(health.failures).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('the wait for the next try', () => {
  it('is that of the schedule, longer by a tenth at the most', () => {
    for (const [index, delay] of pace.retryDelaysMs.entries()) {
      const wait = retryDelay(index + 1, null, pace);
      expect(wait).toBeGreaterThanOrEqual(delay);
      expect(wait).toBeLessThanOrEqual(delay * 1.1);
    }
    expect(retryDelay(pace.retryDelaysMs.length + 1, null, pace)).toBeNull();
    expect(retryDelay(pace.retryDelaysMs.length + 1, HOUR, pace)).toBeNull();
  });

  it('is what the receiver asks for where that is longer, but a day at the most', () => {
    expect(retryDelay(1, HOUR, pace)).toBe(HOUR);
    expect(retryDelay(1, 9 * DAY, pace)).toBe(DAY);
    expect(retryDelay(3, 1_000, pace)).toBeGreaterThanOrEqual(pace.retryDelaysMs[2] ?? 0);
  });
});
