import { seedState, createRandom } from '../random.ts';
import type { World } from '../state/world.ts';
import { personName } from './phrases.ts';
import type { Customer } from './types.ts';

/** Creates a customer without logins. The seed and the customer's number decide every detail. */
export function createCustomer(world: World, name: string | null): Customer {
  const number = world.state.customers.size + 1;
  const random = createRandom(seedState(`${world.state.seed}/customer/${number}`));
  const id = random.objectId();
  const drawn = personName(random);
  const chosen = name ?? drawn;
  const customer: Customer = {
    id,
    number,
    name: chosen,
    email: `${chosen.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@mail.example`,
    phone: `0000${random.digits(7)}`,
    bvn: `99${random.digits(9)}`,
    logins: [],
    target: null,
    createdAt: world.tick(),
  };
  world.apply({ op: 'customer', customer });
  return customer;
}
