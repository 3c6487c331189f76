import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { findLogin, putLogin } from '../institution/login.ts';
import { sendAuth } from '../webhooks/send-code.ts';
import { ControlError } from './control-error.ts';
import type { ControlRoutes } from './control-route.ts';
import { announcing } from './fields.ts';
import { findCustomer, findInstitution } from './find.ts';
import { webhookSummary } from './summaries.ts';

const login = z.strictObject({
  state: z.enum(['ok', 'required', 'revoked']),
  bank: z.string().optional(),
  webhooks: announcing.default('send'),
});

const CODES = { ok: 'AUTH_SUCCESS', required: 'AUTH_EXPIRED', revoked: 'AUTH_REVOKED' } as const;

/** Makes a login work, need repeating, or be gone. */
export function loginControl(route: ControlRoutes, bank: Bank): void {
  const { world, outbox } = bank;
  route('POST', '/control/customers/:id/login', login, (input, param) => {
    const customer = findCustomer(bank, param('id'));
    const { id: bankId } = findInstitution(input.bank ?? customer.logins[0]?.bankId);
    const known = findLogin(customer, bankId);
    if (known === undefined) throw new ControlError(404, 'the customer has no login at this bank');
    putLogin(world, customer.id, { ...known, state: input.state });
    const sent =
      input.webhooks === 'send'
        ? sendAuth(world, outbox, customer, bankId, CODES[input.state])
        : [];
    return {
      login: { customer: customer.id, bank: bankId, state: input.state },
      webhooks: sent.map(webhookSummary),
    };
  });
}
