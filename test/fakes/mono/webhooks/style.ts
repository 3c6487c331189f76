import { iso } from '../clock.ts';
import { newEventId } from '../ids.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { World } from '../world.ts';
import { syncStatus, type MonoEvent } from './events.ts';

/** In which of its documented shapes a webhook is sent. */
export interface WebhookStyle {
  /**
   * `identified`: with `event_id` and `timestamp` beside `event`, and `app` and `business` in
   * `data`, as connected, updated and reauthorized have since 28 January 2026. `bare`: as before.
   */
  envelope: 'identified' | 'bare';
  /**
   * What `account_connected` tells besides the id: `full` has the customer, and the data status and
   * the `ref` in `meta` (docs/financial-data/connect-link, January 2026); `empty` has the customer
   * and an empty `meta` (integration-guide, September 2025); `nothing` is the id alone
   * (auth-connection, May 2022).
   */
  connected: 'full' | 'empty' | 'nothing';
  /** The case of `data_status` and `sync_status`: the examples shout, the text does not. */
  letters: 'upper' | 'lower';
  /** The text writes "Reauthorization", too. */
  spelling: 's' | 'z';
  /**
   * The status of `jobs.update`: `states` are processing, finished and failed; `outcomes` are
   * SUCCESSFUL, FAILED and REAUTHORISATION_REQUIRED, as the changelog of September 2024 has them.
   */
  jobStatus: 'states' | 'outcomes';
  /** The name of the account's id within `data.account`: of the example, or one for all, or both. */
  ids: 'documented' | '_id' | 'id' | 'both';
}

export function defaultStyle(): WebhookStyle {
  return {
    envelope: 'identified',
    connected: 'full',
    letters: 'upper',
    spelling: 's',
    jobStatus: 'states',
    ids: 'documented',
  };
}

const IDENTIFIED = new Set([
  'mono.events.account_connected',
  'mono.events.account_updated',
  'mono.events.account_reauthorized',
]);

/** The body of a webhook. */
export function dress(world: World, made: MonoEvent, style: WebhookStyle): JsonObject {
  const { event } = made;
  const data = spell(withIds(shorten(event, withJobStatus(made, style), style), style), style);
  if (style.envelope === 'bare' || !IDENTIFIED.has(event)) return { event, data };
  const { app, business } = world;
  return {
    event,
    event_id: newEventId(),
    timestamp: iso(world.now()),
    data: { ...data, app, business },
  };
}

function shorten(event: string, data: JsonObject, { connected }: WebhookStyle): JsonObject {
  if (event !== 'mono.events.account_connected' || connected === 'full') return data;
  const { id, customer } = data;
  return connected === 'empty' ? { id, customer, meta: {} } : { id };
}

function withJobStatus({ event, data, job }: MonoEvent, style: WebhookStyle): JsonObject {
  if (event !== 'mono.accounts.jobs.update' || style.jobStatus === 'states') return data;
  if (job === undefined || job.status === 'processing') return data;
  return { ...data, status: syncStatus(job) };
}

function withIds(data: JsonObject, { ids }: WebhookStyle): JsonObject {
  const { account } = data;
  if (ids === 'documented' || !isObject(account)) return data;
  const { _id, id, ...rest } = account;
  const known = _id ?? id;
  return {
    ...data,
    account: {
      ...(ids !== 'id' && { _id: known }),
      ...(ids !== '_id' && { id: known }),
      ...rest,
    },
  };
}

function spell(data: JsonObject, style: WebhookStyle): JsonObject {
  const { meta, status } = data;
  const word = (value: Json | undefined): Json | undefined =>
    typeof value === 'string' ? spellWord(value, style) : value;
  return {
    ...data,
    ...(typeof status === 'string' && style.jobStatus === 'outcomes' && { status: word(status) }),
    ...(isObject(meta) && {
      meta: {
        ...meta,
        ...('data_status' in meta && { data_status: word(meta['data_status']) }),
        ...('sync_status' in meta && { sync_status: word(meta['sync_status']) }),
      },
    }),
  };
}

function spellWord(word: string, { letters, spelling }: WebhookStyle): string {
  const spelled = spelling === 'z' ? word.replace('REAUTHORIS', 'REAUTHORIZ') : word;
  return letters === 'lower' ? spelled.toLowerCase() : spelled;
}
