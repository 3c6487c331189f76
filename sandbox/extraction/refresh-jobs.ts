import type { Account } from '../institution/account.ts';
import { loginStateOf } from '../institution/login.ts';
import type { LoginState } from '../institution/types.ts';
import type { World } from '../state/world.ts';
import { failRecord, finishRecord, startRecord } from './extract.ts';
import type { ExtractionRecord, RecordError } from './record.ts';

const REFUSALS: Readonly<Record<LoginState, RecordError | null>> = {
  ok: null,
  required: { type: 'EXPIRED', message: 'The customer must log in to the bank again' },
  revoked: { type: 'KILL', message: 'The customer withdrew consent' },
};

export type RefreshMethod = 'BALANCE' | 'REFRESH_TRANSACTIONS';

export interface RefreshJobs {
  /** Starts an asynchronous extraction of one account. `failWith` makes it end in that error. */
  start(account: Account, method: RefreshMethod, failWith: RecordError | null): ExtractionRecord;
  /** Takes up the refreshes that were running when the process ended. */
  resume(): void;
  close(): void;
}

/** `finished` is called within the change that ended a refresh well. */
export function createRefreshJobs(
  world: World,
  finished: (record: ExtractionRecord) => void,
): RefreshJobs {
  const timers = new Set<NodeJS.Timeout>();

  const finish = (record: ExtractionRecord, failWith: RecordError | null): void => {
    world.change(() => {
      const error = failWith ?? refusal(world, record);
      if (error !== null) {
        failRecord(world, record, error);
        return;
      }
      const balance = record.method === 'BALANCE';
      finishRecord(world, record, { balance, transactions: !balance });
      finished(record);
    });
  };

  const schedule = (record: ExtractionRecord, failWith: RecordError | null): void => {
    const { processingMs } = world.state.settings;
    if (processingMs === 0) {
      finish(record, failWith);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      finish(record, failWith);
    }, processingMs);
    timers.add(timer);
  };

  return {
    start(account, method, failWith) {
      return world.change(() => {
        const { customerId, bankId } = account.details;
        const record = startRecord(world, {
          method,
          source: 'refresh',
          customerId,
          bankId,
          accounts: [account],
        });
        schedule(record, failWith);
        return record;
      });
    },
    resume() {
      for (const record of world.state.records.values()) {
        if (record.status === 'running') schedule(record, null);
      }
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function refusal(world: World, record: ExtractionRecord): RecordError | null {
  return REFUSALS[loginStateOf(world, record)];
}
