import { unlinkAccount } from '../unlink-account.ts';
import { linkedAccount, type Handle } from './handle.ts';

/** POST /v2/accounts/{id}/unlink. The body of the answer is a guess. */
export const unlink: Handle = (fake, request) => {
  unlinkAccount(fake, linkedAccount(fake, request));
  return { message: 'Account unlinked successfully', data: null };
};
