import { z } from 'zod';
import type { ConnectionRef } from '../provider.ts';
import { okraError } from './errors.ts';

/** One consent: the accounts of one customer at one bank. */
export interface OkraConnection {
  readonly customer: string;
  readonly bank: string;
}

const credentials = z.object({ customer: z.string().min(1), bank: z.string().min(1) });

/** `<customer>:<bank>`. Webhooks name both; neither id can hold a colon. */
export function connectionId(connection: OkraConnection): string {
  return `${connection.customer}:${connection.bank}`;
}

export function connectionOf(ref: ConnectionRef): OkraConnection {
  const parsed = credentials.safeParse(ref.credentials);
  if (!parsed.success) throw okraError('bug', 'credentials_malformed');
  return parsed.data;
}
