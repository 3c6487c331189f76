import { Hono } from 'hono';
import type { Bank } from '../bank.ts';
import { accountControl } from './accounts.ts';
import { activityControl } from './activity.ts';
import { callControl } from './calls.ts';
import { clockControl } from './clock.ts';
import { ControlError } from './control-error.ts';
import { controlRoutes } from './control-route.ts';
import { customerControl } from './customers.ts';
import { faultControl } from './faults.ts';
import { loginControl } from './login.ts';
import { settingsControl } from './settings.ts';
import { transactionControl } from './transactions.ts';
import { webhookControl } from './webhooks.ts';

/** The API that scripts the bank. It asks for no key: whoever can reach it may do anything. */
export function createControlApp(bank: Bank, onError: (error: unknown) => void): Hono {
  const app = new Hono();
  const route = controlRoutes(app, bank);
  customerControl(route, bank);
  accountControl(route, bank);
  transactionControl(route, bank);
  loginControl(route, bank);
  settingsControl(route, bank);
  webhookControl(route, bank);
  clockControl(route, bank);
  faultControl(route, bank);
  callControl(route, bank);
  activityControl(route, bank);
  app.onError((error, context) => {
    if (error instanceof ControlError) return context.json({ error: error.message }, error.status);
    onError(error);
    return context.json({ error: 'the sandbox bank failed' }, 500);
  });
  return app;
}
