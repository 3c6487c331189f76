import { Counter, type Registry } from 'prom-client';
import type { CallMetrics } from '../../db/calls/meter-calls.ts';

/** What the API's own calls to providers count. */
export function createCallMetrics(registry: Registry): CallMetrics {
  const paid = new Counter({
    name: 'freshet_paid_calls_total',
    help: 'Calls that the provider charges for',
    labelNames: ['provider', 'call'],
    registers: [registry],
  });
  return { callPaid: (provider, call) => paid.inc({ provider, call }) };
}
