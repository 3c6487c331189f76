import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '../../config/logger.ts';
import { InvalidLink, ProviderError } from '../../providers/errors.ts';
import { RefreshRefused } from '../../temporal/account-workflows.ts';
import { Overloaded } from '../webhooks/overloaded.ts';
import { createCountedLog } from './counted-log.ts';
import { isDatabaseDown, isDataRefused, isTemporalDown } from './outage.ts';
import { Problem, problemResponse } from './problem.ts';

/**
 * The one place where errors become answers. What is not foreseen is a 500 that says nothing of the
 * inside.
 */
export function onError(logger: Logger): ErrorHandler {
  const log = createCountedLog();
  return (err, c) => {
    const problem = toProblem(err);
    if (problem.status >= 500) {
      const { method, routePath: route } = c.req;
      const { code } = problem;
      const write = (count: number) =>
        logger.error({ err, method, route, code, count }, 'request failed');
      // Strangers can make it overloaded, and an outage is felt by every request. Of the others each may have a
      // cause of its own.
      if (problem.status === 503) log.note(`${route} ${code} ${err.name}`, write);
      else write(1);
    }
    return problemResponse(c, problem);
  };
}

function toProblem(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidLink) {
    const errors = [{ field: error.field, message: error.message }];
    return new Problem(400, 'invalid_request', `${error.field} ${error.message}`, { errors });
  }
  if (error instanceof RefreshRefused) return refused(error.reason);
  if (error instanceof ProviderError) return fromProvider(error);
  if (error instanceof HTTPException) {
    const code = error.status === 400 ? 'invalid_request' : 'http_error';
    return new Problem(error.status, code, error.message);
  }
  if (error.name === 'TimeoutError') {
    const detail = 'The provider did not answer in time.';
    return new Problem(503, 'provider_unavailable', detail, { retryAfterSeconds: 30 });
  }
  if (error instanceof Overloaded) {
    return new Problem(503, 'overloaded', error.message, { retryAfterSeconds: 1 });
  }
  if (isDataRefused(error)) {
    const detail = 'The request holds a value that cannot be stored or compared.';
    return new Problem(400, 'invalid_request', detail);
  }
  if (isDatabaseDown(error)) {
    const detail = 'The database cannot be reached right now.';
    return new Problem(503, 'database_unavailable', detail, { retryAfterSeconds: 1 });
  }
  if (isTemporalDown(error)) {
    const detail = 'Temporal cannot be reached right now.';
    return new Problem(503, 'temporal_unavailable', detail, { retryAfterSeconds: 5 });
  }
  return new Problem(500, 'internal_error', 'Something went wrong on our side.');
}

export function refused(reason: string): Problem {
  if (reason === 'user') {
    return new Problem(409, 'account_paused', 'The account is paused: start it first.');
  }
  if (reason === 'reauth_required') {
    const detail = 'The customer must log in to the bank again before it can be refreshed.';
    return new Problem(409, 'reauth_required', detail);
  }
  if (reason === 'provider_error') {
    const detail =
      'The bank gives no access, or fails on and on: it is tried again at next_sync_at. Start the account to try now, or link it again.';
    return new Problem(409, 'provider_error', detail);
  }
  return new Problem(409, 'product_off', `The account's products do not include ${reason}.`);
}

function fromProvider(error: ProviderError): Problem {
  const detail = `The provider answered: ${error.code}.`;
  switch (error.kind) {
    case 'retry':
    case 'restart':
      return new Problem(503, 'provider_unavailable', detail, {
        retryAfterSeconds: (error.retryAfterMs ?? 30_000) / 1_000,
      });
    case 'reauth':
      return new Problem(409, 'reauth_required', detail);
    case 'gone':
      return new Problem(409, 'consent_ended', detail);
    case 'config':
      return new Problem(502, 'provider_misconfigured', detail);
    case 'bug':
      return new Problem(502, 'provider_error', detail);
  }
}
