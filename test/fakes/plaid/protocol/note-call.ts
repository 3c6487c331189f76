import type { Call } from '../call-log.ts';

/** Keeps what a call asked for, whatever becomes of it. */
export function noteCall(call: Call, body: Record<string, unknown>): void {
  const options = (body['options'] ?? {}) as Record<string, unknown>;
  const { account_id: one, account_ids: several } = options;
  if (typeof one === 'string') call.accountIds = [one];
  if (Array.isArray(several)) call.accountIds = several.map(String);
  if (typeof body['cursor'] === 'string') call.cursor = body['cursor'];
}
