import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { backoff, nextSlot } from '../../workflows/schedule.ts';
import { eventually } from '../support/eventually.ts';
import { link, startFreshetWithBank, untilStatus } from '../support/link.ts';

const intervalMs = fc.constantFrom(...Object.values(INTERVAL_MS));
const now = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2046-01-01') });

describe('the slots of an account (invariant 10)', () => {
  it('lie one interval apart, wherever one looks from, and are the account’s own', () => {
    fc.assert(
      fc.property(fc.uuid(), intervalMs, now, (id, ms, at) => {
        const slot = nextSlot(id, ms, at);
        expect(slot).toBeGreaterThan(at);
        expect(slot - at).toBeLessThanOrEqual(ms);
        // However late it is taken, the one after lies on the same grid: nothing drifts.
        expect((nextSlot(id, ms, slot + 17) - slot) % ms).toBe(0);
        expect(nextSlot(id, ms, slot - 1)).toBe(slot);
      }),
    );
  });

  it('are spread evenly over the interval', () => {
    const at = Date.parse('2026-11-23');
    const parts = Array.from({ length: 20 }, () => 0);
    for (let i = 0; i < 10_000; i++) {
      const id = `01a2079a-9b48-7329-a998-${i.toString(16).padStart(12, '0')}`;
      const part = Math.floor(
        ((nextSlot(id, INTERVAL_MS.daily, at) - at) / INTERVAL_MS.daily) * 20,
      );
      parts[part] = (parts[part] ?? 0) + 1;
    }
    expect(Math.min(...parts)).toBeGreaterThan(350);
    expect(Math.max(...parts)).toBeLessThan(650);
  });
});

describe('the wait after a failure', () => {
  it('doubles up to its longest, a fifth more or less, and is the same on a replay', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 10_000 }), (id, failures) => {
        const wait = backoff(id, failures, PACE);
        const plain = Math.min(PACE.firstRetryMs * 2 ** (failures - 1), PACE.longestRetryMs);
        expect(wait).toBeGreaterThanOrEqual(plain * 0.8);
        expect(wait).toBeLessThanOrEqual(plain * 1.2);
        expect(backoff(id, failures, PACE)).toBe(wait);
      }),
    );
  });
});

describe('after a downtime', () => {
  it('the slots that were missed are one sync', async () => {
    const { freshet, bank, close } = await startFreshetWithBank({
      intervals: { one_minute: 400 },
      reconcileSeconds: 3_600,
    });
    try {
      const { accounts } = await link(freshet, bank, { accounts: 1 }, { interval: 'one_minute' });
      const [{ account: id }] = accounts;
      await untilStatus(freshet, id, 'active');
      const syncs = async () => {
        const { rows } = await sql<{ at: Date; triggers: string[] }>`
          select started_at as at, triggers from sync_runs
          where account_id = ${id} and product = 'balance' order by started_at
        `.execute(freshet.db);
        return rows;
      };
      await eventually(async () => (await syncs()).length >= 4);

      await freshet.worker().stop();
      const before = await syncs();
      const missed = 15;
      const downFrom = before.at(-1)?.at.getTime() ?? 0;
      await eventually(() => Date.now() > downFrom + missed * 400, { timeoutMs: 20_000 });
      const upFrom = Date.now();
      await freshet.startWorker();
      await eventually(async () => (await syncs()).length >= before.length + 8, {
        timeoutMs: 20_000,
      });

      // One for all that was missed and one for each slot since, however late any of them began.
      const after = (await syncs()).slice(before.length);
      const slotsSince = Math.floor((Date.now() - upFrom) / 400) + 1;
      expect(after.length).toBeLessThanOrEqual(slotsSince + 1);
    } finally {
      await close();
    }
  }, 60_000);

  it('an account that was asked to be refreshed meanwhile is refreshed once', async () => {
    const { freshet, bank, close } = await startFreshetWithBank({ worker: false });
    try {
      const worker = await freshet.startWorker();
      const { accounts } = await link(freshet, bank, { accounts: 1 });
      const [{ account: id }] = accounts;
      await untilStatus(freshet, id, 'active');
      await worker.stop();
      for (let i = 0; i < 5; i++) {
        const { status, body } = await freshet.call('POST', `/v1/accounts/${id}/refresh`);
        expect([status, body.state]).toEqual([202, 'running']);
      }
      // Stored, and told without a worker: the answer says that nobody has confirmed it.
      const paused = await freshet.call('PATCH', `/v1/accounts/${id}/settings`, {
        interval: 'six_hours',
      });
      expect([paused.status, paused.body.settings]).toMatchObject([
        200,
        { interval: 'six_hours', version: 2, confirmed: false },
      ]);
      await freshet.startWorker();
      await eventually(async () => {
        const { body } = await freshet.call('GET', `/v1/accounts/${id}`);
        return body.settings.confirmed === true && body.status === 'active';
      });
      const manual = () =>
        freshet.db
          .selectFrom('sync_runs')
          .where('account_id', '=', id)
          .where(sql<boolean>`'manual' = any(triggers)`)
          .where('status', '=', 'succeeded')
          .select('product')
          .execute();
      await eventually(async () => (await manual()).length >= 2);
      expect((await manual()).map(({ product }) => product).sort()).toEqual([
        'balance',
        'transaction',
      ]);
    } finally {
      await close();
    }
  }, 60_000);
});
