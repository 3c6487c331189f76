import type { Fake } from '../fake.ts';
import type { Account } from '../types.ts';
import { noSuchAccount } from '../wire/api-error.ts';
import type { Answer } from '../wire/envelope.ts';
import type { Request } from '../wire/read-call.ts';

export type Handle = (fake: Fake, request: Request) => Answer | Promise<Answer>;

/** @throws ApiError 404 (a guess) where there is no such account, or it was unlinked. */
export function linkedAccount({ world }: Fake, { account: id }: Request): Account {
  const account = id === null ? undefined : world.accounts.get(id);
  if (account?.linked !== true) throw noSuchAccount();
  return account;
}
