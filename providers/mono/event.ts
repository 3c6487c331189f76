import type { LosslessJson } from '../json.ts';
import type { Timestamp } from '../provider.ts';
import { parseTimestamp } from '../timestamp.ts';
import { partsOf, type Parts } from './parts.ts';

/** A webhook. What is missing or odd reads as null: none is refused for it. */
export interface MonoEvent {
  /** Such as `mono.events.account_updated`; `UNKNOWN` where it has none. */
  readonly type: string;
  /** `type` without its prefix, which varies between the pages: `mono.events.`, `mono.accounts.`. */
  readonly name: string;
  readonly eventId: string | null;
  /** When it was sent. */
  readonly sentAt: Timestamp | null;
  readonly account: string | null;
  /** What the link was begun with. */
  readonly ref: string | null;
  /** `data.account`, where it is there in full. */
  readonly details: LosslessJson;
  /** When Mono last changed the account. */
  readonly updatedAt: Timestamp | null;
  readonly meta: Parts;
  readonly data: Parts;
}

export function readEvent(body: Parts): MonoEvent {
  const data = partsOf(body['data']);
  const details = data['account'] ?? null;
  const account = partsOf(details);
  const meta = partsOf(data['meta']);
  const type = textIn(body['event']) ?? 'UNKNOWN';
  const updatedAt = timeIn(account['updated_at']);
  const name = type.toLowerCase().replace(/^mono\.(?:events|accounts)\./, '');
  return {
    type,
    name,
    eventId: textIn(body['event_id']) ?? textIn(data['event_id']),
    sentAt: timeIn(body['timestamp']) ?? timeIn(data['timestamp']),
    account:
      textIn(details) ??
      textIn(account['_id']) ??
      textIn(account['id']) ??
      // The id of a job's event is the job's.
      (name === 'jobs.update' ? null : (textIn(data['id']) ?? textIn(data['_id']))),
    ref: textIn(meta['ref']) ?? textIn(partsOf(account['meta'])['ref']),
    details,
    updatedAt,
    meta,
    data,
  };
}

function textIn(value: LosslessJson | undefined): string | null {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : null;
}

function timeIn(value: LosslessJson | undefined): Timestamp | null {
  return typeof value === 'string' ? parseTimestamp(value) : null;
}
