import type { Database } from '../../../db/connect.ts';
import type { EventBody } from '../../../events/render-event.ts';

/** Looks, the moment that an event arrives, whether what it tells of is committed. */
export interface CommitWatch {
  look(body: EventBody): void;
  /** How often it looked, and Postgres answered. */
  looks(): number;
  readonly tooEarly: readonly string[];
  /** Resolves when nothing is being looked at. */
  done(): Promise<void>;
}

const AT_A_TIME = 4;

export function watchCommits(db: Database): CommitWatch {
  const tooEarly: string[] = [];
  const underWay = new Set<Promise<void>>();
  let looks = 0;

  async function lookAt({ id, type, sync }: EventBody): Promise<void> {
    const found = await db
      .selectFrom('events')
      .leftJoin('sync_runs as run', 'run.id', 'events.sync_run_id')
      .where('events.id', '=', id)
      .select(['run.status'])
      .executeTakeFirst();
    looks += 1;
    const isEnded = !sync || found?.status === (type.endsWith('.failed') ? 'failed' : 'succeeded');
    if (!found || !isEnded) tooEarly.push(`${type} ${id}: ${found?.status ?? 'no such event'}`);
  }

  return {
    look(body) {
      if (underWay.size >= AT_A_TIME) return;
      const looking = lookAt(body)
        // Postgres is away.
        .catch(() => undefined)
        .finally(() => underWay.delete(looking));
      underWay.add(looking);
    },
    looks: () => looks,
    tooEarly,
    async done() {
      await Promise.all(underWay);
    },
  };
}
