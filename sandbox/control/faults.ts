import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { FAULT_KINDS, type Fault } from '../faults.ts';
import { endpointNames } from '../protocol/routes.ts';
import { ControlError } from './control-error.ts';
import { nothing, type ControlRoutes } from './control-route.ts';

const milliseconds = z.int().min(0).max(3_600_000);

const fault = z
  .strictObject({
    endpoint: z.enum(['*', ...endpointNames]),
    kind: z.enum(FAULT_KINDS),
    times: z.int().min(1).optional(),
    probability: z.number().gt(0).max(1).default(1),
    latency_ms: milliseconds.default(0),
    retry_after_s: z.int().min(0).max(86_400).nullable().optional(),
    after_ms: milliseconds.default(0),
    processed: z.boolean().default(false),
    truncate: z.enum(['header', 'json']).default('header'),
    error_type: z
      .string()
      .regex(/^[A-Z_]{1,40}$/)
      .default('BANK_DOWN'),
    account: z.string().optional(),
    customer: z.string().optional(),
  })
  .refine(({ kind, latency_ms }) => kind !== 'latency' || latency_ms > 0, {
    path: ['latency_ms'],
    error: 'must be given for this kind',
  });

/** Breaks the protocol in chosen ways. */
export function faultControl(route: ControlRoutes, { faults }: Bank): void {
  route('POST', '/control/faults', fault, (input) => {
    const added = faults.add({
      endpoint: input.endpoint,
      kind: input.kind,
      times: input.times ?? null,
      probability: input.probability,
      latencyMs: input.latency_ms,
      // The documentation says to try again after 60 seconds.
      retryAfterSeconds:
        input.retry_after_s === undefined && input.kind === '429'
          ? 60
          : (input.retry_after_s ?? null),
      afterMs: input.after_ms,
      processed: input.processed,
      truncate: input.truncate,
      errorType: input.error_type,
      account: input.account ?? null,
      customer: input.customer ?? null,
    });
    return { fault: shown(added) };
  });
  route('GET', '/control/faults', nothing, () => ({ faults: faults.list().map(shown) }));
  route('DELETE', '/control/faults', nothing, () => {
    faults.clear();
    return { faults: [] };
  });
  route('DELETE', '/control/faults/:id', nothing, (_input, param) => {
    if (!faults.remove(param('id'))) throw new ControlError(404, 'no such fault');
    return { faults: faults.list().map(shown) };
  });
}

function shown(fault: Fault) {
  return {
    id: fault.id,
    endpoint: fault.endpoint,
    kind: fault.kind,
    times: fault.times,
    hits: fault.hits,
    probability: fault.probability,
    latency_ms: fault.latencyMs,
    retry_after_s: fault.retryAfterSeconds,
    after_ms: fault.afterMs,
    processed: fault.processed,
    truncate: fault.truncate,
    error_type: fault.errorType,
    account: fault.account,
    customer: fault.customer,
  };
}
