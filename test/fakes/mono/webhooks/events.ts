import { iso } from '../clock.ts';
import { currencyCode } from '../currency-code.ts';
import { retrievedOf } from '../extract.ts';
import { jobData } from '../job-data.ts';
import type { JsonObject } from '../json.ts';
import type { Account, Job } from '../types.ts';
import type { World } from '../world.ts';

/** A webhook before the style of its envelope and spellings. */
export interface MonoEvent {
  readonly event: string;
  readonly data: JsonObject;
  /** The job behind it, for the two ways to name its status. */
  readonly job?: Job;
}

export interface UpdateDetails {
  /** The job that brought it, with which `sync_status` and `job_id` are told. */
  readonly job?: Job;
  /** Fields of `meta` to replace or to add, or with undefined to leave out. */
  readonly meta?: JsonObject;
  /** The same for `account`, such as `currency: 'Naira'`, as docs/webhooks has it. */
  readonly account?: JsonObject;
}

/** Of docs/financial-data/connect-link, January 2026. */
export function connected(account: Account): MonoEvent {
  return {
    event: 'mono.events.account_connected',
    data: {
      id: account.id,
      customer: account.customerId,
      meta: {
        data_status: account.dataStatus,
        auth_method: account.authMethod,
        ...(account.ref !== null && { ref: account.ref }),
      },
    },
  };
}

/** Of docs/financial-data/realtime-data and connect-link: the account in full, no transactions. */
export function updated(
  { settings }: World,
  account: Account,
  details: UpdateDetails = {},
): MonoEvent {
  const { institution } = account;
  const { job } = details;
  const meta = {
    data_status: account.dataStatus,
    auth_method: account.authMethod,
    ...(account.ref !== null && { ref: account.ref }),
    ...(job !== undefined && { sync_status: syncStatus(job), job_id: job.id }),
    ...(job?.hasNewData === true && { has_new_data: true }),
    retrieved_data: ['identity', ...retrievedOf(account)],
    ...details.meta,
  };
  return {
    event: 'mono.events.account_updated',
    data: {
      account: {
        _id: account.id,
        name: account.name,
        accountNumber: account.number,
        currency: currencyCode(account.currency, settings),
        balance: account.shown.balance ?? 0,
        type: account.type,
        bvn: account.bvn,
        authMethod: account.authMethod,
        institution: {
          name: institution.name,
          bankCode: institution.bankCode,
          type: institution.type,
        },
        created_at: iso(account.createdAt),
        updated_at: iso(account.updatedAt),
        ...details.account,
      },
      meta,
    },
    ...(job !== undefined && { job }),
  };
}

/** Of docs/financial-data/realtime-data; the only event without `events` in its name. */
export function jobsUpdate(world: World, job: Job): MonoEvent {
  return { event: 'mono.accounts.jobs.update', data: jobData(world, job), job };
}

/** Of docs/financial-data/reauth-link. */
export function reauthorized({ id }: Account): MonoEvent {
  return { event: 'mono.events.account_reauthorized', data: { account: { _id: id } } };
}

/** Of docs/financial-data/unlink: its example has `id`, its table of fields `_id`. */
export function unlinked({ id }: Account): MonoEvent {
  return { event: 'mono.events.account_unlinked', data: { account: { id } } };
}

/** Legacy, of docs/financial-data/data-sync-tokenization. */
export function reauthorisationRequired({ id }: Account): MonoEvent {
  return { event: 'mono.events.reauthorisation_required', data: { account: { _id: id } } };
}

/** Legacy, of the same page: its text says that the account's id is in it; the place is a guess. */
export function syncFailed({ id }: Account): MonoEvent {
  return { event: 'mono.events.sync_failed', data: { account: { _id: id } } };
}

export function syncStatus(job: Job): 'SUCCESSFUL' | 'FAILED' | 'REAUTHORISATION_REQUIRED' {
  if (job.reauthRequired) return 'REAUTHORISATION_REQUIRED';
  return job.status === 'failed' ? 'FAILED' : 'SUCCESSFUL';
}
