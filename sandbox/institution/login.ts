import type { World } from '../state/world.ts';
import type { Customer, Login, LoginState } from './types.ts';

/** The customer's login at a bank, revoked or not. */
export function findLogin(customer: Customer, bankId: string): Login | undefined {
  return customer.logins.find((login) => login.bankId === bankId);
}

/** Adds a login, or replaces the one at the same bank. */
export function putLogin(world: World, customerId: string, login: Login): void {
  const customer = world.state.customers.get(customerId);
  if (customer === undefined) throw new Error('no such customer');
  const logins = customer.logins.some(({ bankId }) => bankId === login.bankId)
    ? customer.logins.map((there) => (there.bankId === login.bankId ? login : there))
    : [...customer.logins, login];
  world.apply({ op: 'customer', customer: { ...customer, logins } });
}

/** The state of the login that an account belongs to. */
export function loginStateOf(
  world: World,
  owner: { readonly customerId: string; readonly bankId: string },
): LoginState {
  const customer = world.state.customers.get(owner.customerId);
  return (customer && findLogin(customer, owner.bankId)?.state) ?? 'revoked';
}
