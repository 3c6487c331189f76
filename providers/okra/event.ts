import { z } from 'zod';
import type { LosslessJson } from '../json.ts';
import type { Timestamp } from '../provider.ts';
import { reference, timestamp } from './fields.ts';

const optionalText = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/)
  .nullish()
  .catch(null);
const optionalTime = timestamp.nullish().catch(null);
const optionalId = reference.nullish().catch(null);

/** The part of an event that holds one account's amounts, as far as it says whose they are. */
const amountsPart = z.object({ accountId: optionalId, account: optionalId }).nullish().catch(null);

const event = z.object({
  callback_code: optionalText,
  code: optionalText,
  callback_type: optionalText,
  method: optionalText,
  status: z.unknown().optional(),
  customerId: optionalId,
  bankId: optionalId,
  record: optionalId,
  recordId: optionalId,
  started_at: optionalTime,
  ended_at: optionalTime,
  balance: amountsPart,
  account: amountsPart,
  auth: z.object({ reauth: z.unknown().optional() }).nullish().catch(null),
  removed_transactions: z.array(reference).nullish().catch(null),
});

export type OkraEvent = z.output<typeof event>;

/** Reads the envelope. What is missing or odd reads as null: an event is never refused for it. */
export function readEvent(body: { readonly [key: string]: LosslessJson }): OkraEvent {
  return event.parse(body);
}

export function typeOf(okra: OkraEvent): string {
  return okra.callback_code ?? okra.code ?? okra.callback_type ?? okra.method ?? 'UNKNOWN';
}

export function timeOf(okra: OkraEvent): Timestamp | null {
  return okra.ended_at ?? okra.started_at ?? null;
}

export function accountOf(okra: OkraEvent): string | null {
  const { balance, account } = okra;
  return balance?.accountId ?? account?.accountId ?? balance?.account ?? account?.account ?? null;
}
