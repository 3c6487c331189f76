import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import type { Timestamp } from '../provider.ts';
import { parseTimestamp } from '../timestamp.ts';
import { reference } from './fields.ts';

type Parts = { readonly [key: string]: LosslessJson };

/** The envelope of an event. What is missing or odd reads as null: an event is never refused for it. */
export interface OkraEvent {
  /** Its callback code; `UNKNOWN` where it has none. */
  readonly type: string;
  readonly time: Timestamp | null;
  readonly customer: string | null;
  readonly bank: string | null;
  readonly account: string | null;
  readonly record: string | null;
  readonly hasFailed: boolean;
  readonly isNewLogin: boolean;
  /** The ids of transactions that are gone. */
  readonly removed: readonly string[] | null;
}

const references = z.array(reference);

// By hand, not by a schema: this is most of what the endpoint does for a webhook.
export function readEvent(parts: Parts): OkraEvent {
  const balance = partsIn(parts['balance']);
  const account = partsIn(parts['account']);
  return {
    type:
      textIn(parts['callback_code']) ??
      textIn(parts['code']) ??
      textIn(parts['callback_type']) ??
      textIn(parts['method']) ??
      'UNKNOWN',
    time: timeIn(parts['ended_at']) ?? timeIn(parts['started_at']),
    customer: idIn(parts['customerId']),
    bank: idIn(parts['bankId']),
    account:
      idIn(balance['accountId']) ??
      idIn(account['accountId']) ??
      idIn(balance['account']) ??
      idIn(account['account']),
    record: idIn(parts['record']) ?? idIn(parts['recordId']),
    hasFailed: parts['status'] === 'is_failed',
    isNewLogin: partsIn(parts['auth'])['reauth'] === true,
    removed: idsIn(parts['removed_transactions']),
  };
}

type Part = LosslessJson | undefined;

const NO_PARTS: Parts = {};

function partsIn(value: Part): Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : NO_PARTS;
}

function textIn(value: Part): string | null {
  return typeof value === 'string' && /^[\x21-\x7e]{1,64}$/.test(value) ? value : null;
}

function timeIn(value: Part): Timestamp | null {
  return typeof value === 'string' ? parseTimestamp(value) : null;
}

function idsIn(value: Part): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const read = references.safeParse(value);
  return read.success ? read.data : null;
}

/** As text, or as an object that holds it, like `reference`. */
function idIn(value: Part): string | null {
  return textIn(value) ?? textIn(partsIn(value)['_id']) ?? textIn(partsIn(value)['id']);
}
