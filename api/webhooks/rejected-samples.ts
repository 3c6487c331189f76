import type { Logger } from '../../config/logger.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { WebhookBodies } from '../../config/webhook-bodies.ts';
import { sealBody } from '../../credentials/webhook-body.ts';
import type { Database } from '../../db/connect.ts';
import type { RejectionReason } from '../../db/schema.ts';
import { uuid7 } from '../../db/uuid7.ts';
import {
  storeRejectedWebhook,
  type RejectedWebhookRow,
} from '../../db/webhooks/store-rejected-webhook.ts';

/** A request to the webhook endpoint that was refused. */
export interface RejectedWebhook {
  readonly provider: string;
  readonly reason: RejectionReason;
  /** Its address, as far as it can be told. */
  readonly sender: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where it was refused by its headers alone. */
  readonly body: Uint8Array;
}

export interface RejectedSamples {
  /** Keeps it, or does not where there are many. Never throws and never waits. */
  keep(rejected: RejectedWebhook): void;
  /** Resolves when what waits is written, or after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Per provider and reason. */
const MOST_A_MINUTE = 6;
/** More are forgotten while the database is slow. */
const MOST_WAITING = 20;
const BODY_BYTES = 4_096;
const MOST_NAMES = 100;
const MOST_LETTERS = 200;

/**
 * Writes a few of the refused requests to the database, for the operator to find out why: one at a time, behind the
 * back of the request. Without a database they are forgotten.
 */
export function createRejectedSamples(deps: {
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly bodies: WebhookBodies;
  readonly logger: Logger;
}): RejectedSamples {
  const { db, keyRing, bodies, logger } = deps;
  const kept = new Map<string, { readonly since: number; count: number }>();
  let writing: Promise<void> = Promise.resolve();
  let waiting = 0;

  function hasRoom(key: string): boolean {
    const window = kept.get(key);
    if (!window || Date.now() - window.since >= 60_000) {
      kept.set(key, { since: Date.now(), count: 1 });
      return true;
    }
    window.count += 1;
    return window.count <= MOST_A_MINUTE;
  }

  async function write(row: RejectedWebhookRow): Promise<void> {
    try {
      await storeRejectedWebhook(db, row);
    } catch (err) {
      const { provider, reason } = row;
      logger.debug({ err, provider, reason }, 'sample of a refused webhook not kept');
    } finally {
      waiting -= 1;
    }
  }

  return {
    keep(rejected) {
      const key = `${rejected.provider} ${rejected.reason}`;
      if (waiting >= MOST_WAITING || !hasRoom(key)) return;
      const row = toRow(rejected, keyRing, bodies);
      waiting += 1;
      writing = writing.then(() => write(row));
    },
    async close(graceMs) {
      const over = Promise.withResolvers<void>();
      const timer = setTimeout(over.resolve, graceMs);
      await Promise.race([writing, over.promise]);
      clearTimeout(timer);
    },
  };
}

/** Holds no more of the request than is to be kept. */
function toRow(
  { provider, reason, sender, headers, body }: RejectedWebhook,
  keyRing: KeyRing,
  bodies: WebhookBodies,
): RejectedWebhookRow {
  const id = uuid7();
  const stored =
    bodies === 'redacted' || body.length === 0
      ? { body: null, body_sealed: false }
      : sealBody(keyRing, bodies, id, body.subarray(0, BODY_BYTES));
  return {
    id,
    provider,
    reason,
    sender,
    content_type: shortened(headers['content-type']),
    user_agent: shortened(headers['user-agent']),
    header_names: namesOf(headers),
    body_bytes: body.length,
    ...stored,
  };
}

const namesOf = (headers: Readonly<Record<string, string>>): string[] =>
  Object.keys(headers)
    .slice(0, MOST_NAMES)
    .map((name) => name.slice(0, MOST_LETTERS))
    .sort();

const shortened = (value: string | undefined): string | null =>
  value?.slice(0, MOST_LETTERS) ?? null;
