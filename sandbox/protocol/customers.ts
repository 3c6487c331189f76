import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { findLogin, putLogin } from '../institution/login.ts';
import type { Customer } from '../institution/types.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { id, paging } from './fields.ts';
import { paginate } from './pagination.ts';
import { unknownId } from './protocol-error.ts';
import { customerById, readable } from './selection.ts';
import { customerShape } from './shapes/customer.ts';

/** `customers/…`. */
export const customerEndpoints: readonly Endpoint[] = [
  endpoint(
    'customers/list',
    z.strictObject(paging),
    (bank, input) => {
      const all = [...bank.world.state.customers.values()];
      const { items, pagination } = paginate(all, input);
      const customers = items.map((customer) => shapeOf(bank, customer));
      return {
        message: 'Customers retrieved successfully',
        // This one read really does nest its data twice.
        data: { data: { customers }, total: all.length, pagination },
      };
    },
    ['POST', 'GET'],
  ),
  endpoint('customers/get', z.strictObject({ customer: id }), (bank, input) => ({
    message: 'Customer retrieved successfully',
    data: { customer: shapeOf(bank, customerById(bank, input.customer, 'customer')) },
  })),
  // Our choice: the documentation has nothing that ends the consent at one bank.
  endpoint(
    'customers/disconnect',
    z.strictObject({ customer: id, bank: id }),
    ({ world, ...bank }, input) => {
      const customer = customerById({ world, ...bank }, input.customer, 'customer');
      const login = findLogin(customer, input.bank);
      if (login === undefined) throw unknownId('bank');
      if (login.state !== 'revoked') {
        world.change(() => putLogin(world, customer.id, { ...login, state: 'revoked' }));
      }
      return {
        message: 'Customer disconnected',
        data: { customer: customer.id, bank: login.bankId, connected: false },
      };
    },
  ),
];

function shapeOf(bank: Bank, customer: Customer) {
  return customerShape(
    customer,
    readable(bank, bank.world.state.accountsOf.get(customer.id) ?? []),
  );
}
