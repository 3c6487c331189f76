import type { z } from 'zod';
import { Problem } from './http/problem.ts';
import type { connection } from './schemas/connection.ts';

/** Throws where a link has come to nothing: the caller has to go through the link flow again. */
export function refuseDeadLink({
  status,
  status_code: code,
}: Pick<z.infer<typeof connection>, 'status' | 'status_code'>): void {
  if (status === 'gone' && code === 'no_accounts') {
    throw new Problem(422, 'no_accounts', 'The connection has no accounts.');
  }
  const detail = `The provider answered: ${code}.`;
  if (status === 'gone') throw new Problem(409, 'consent_ended', detail);
  if (status === 'reauth_required') throw new Problem(409, 'reauth_required', detail);
}
