import { plaidId } from '../ids.ts';
import type { World } from '../world.ts';
import type { Login } from './types.ts';

/** A customer of an institution who can sign in there; still without accounts. */
export function createLogin(world: World, institutionId: string): Login {
  if (!world.institutions.has(institutionId)) {
    throw new Error(`there is no institution ${institutionId}`);
  }
  const login: Login = { id: `login-${plaidId()}`, institutionId, accounts: [] };
  world.logins.set(login.id, login);
  return login;
}
