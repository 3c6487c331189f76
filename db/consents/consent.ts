import { sql, type RawBuilder } from 'kysely';
import type { ConnectionStatus } from '../schema.ts';

/** How a connection's consent stands, as far as its accounts are concerned. */
export interface ConsentFound {
  readonly status: 'active' | 'reauth_required' | 'gone' | 'unlinked';
  /** Grows with everything that is learnt of the consent. */
  readonly version: number;
}

/** @param row of `connections`. One that is being linked again stands until its provider says otherwise. */
export function consentOf(row: {
  readonly status: ConnectionStatus;
  readonly consent_version: number;
}): ConsentFound {
  const { status, consent_version: version } = row;
  if (status === 'linking') return { status: 'active', version };
  if (status === 'unlinking' || status === 'unlinked') return { status: 'unlinked', version };
  return { status, version };
}

type Learnt = 'linking' | 'active' | 'reauth_required' | 'gone';

/** What is written to a connection when something is learnt of its consent. */
export function learnt(status: Learnt | RawBuilder<Learnt>, code: string | null) {
  return {
    status,
    status_code: code,
    status_as_of: sql<Date>`now()`,
    status_changed_at: sql<Date>`case when status = ${status} then status_changed_at else now() end`,
    ...somethingNew(),
  };
}

/** Something may have been learnt: what is known is to be read again, by everyone. */
export function somethingNew() {
  return {
    consent_version: sql<number>`consent_version + 1`,
    consent_changed_at: sql<Date>`now()`,
  };
}
