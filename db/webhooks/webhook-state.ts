import { sql, type RawBuilder } from 'kysely';

/**
 * What has become of a webhook, in one word: `waiting` (something of what it has to do waits, and the
 * account's workflow was not told), `signalled` (all of what waits was told), `applied` (it has taken effect, or
 * had its connection's accounts looked for), `dropped` (it can take no effect any more: the accounts are unlinked, or
 * the products not kept), `unmatched` (it names no account of ours), `no_effect` (it is of a kind that
 * changes nothing), `unreadable`.
 */
export const WEBHOOK_STATES = [
  'waiting',
  'signalled',
  'applied',
  'dropped',
  'unmatched',
  'no_effect',
  'unreadable',
] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

export const EFFECT_STATES = ['waiting', 'signalled', 'applied', 'dropped'] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

/** Whether an effect can still be applied, on rows of `webhook_effects e` and its `accounts a`. */
export const isLive = sql<boolean>`(a.unlinked_at is null
  and e.product = any(a.products || 'connection'::text))`;

/** Of one effect, on rows of `webhook_effects e` and its `accounts a`. */
export const effectState = sql<EffectState>`case
  when e.applied_at is not null then 'applied'
  when not ${isLive} then 'dropped'
  when e.signalled_at is not null then 'signalled'
  else 'waiting' end`;

/** Whether the session of which a webhook tells is there, on a row of `link_webhooks l`. */
const hasSession = sql<boolean>`exists (
  select from link_sessions s where s.provider = l.provider and s.session_hash = l.session_hash)`;

/** Of a webhook, on a row of `inbound_webhooks w`. The one definition. */
export const webhookState = sql<WebhookState>`case
  when w.outcome <> 'accepted' then w.outcome
  else (
    select case
      when bool_or(state = 'waiting') then 'waiting'
      when bool_or(state = 'signalled') then 'signalled'
      when bool_or(state = 'applied') or count(*) = 0 then 'applied'
      else 'dropped' end
    from (
      select ${effectState} as state
      from webhook_effects e join accounts a on a.id = e.account_id
      where e.webhook_id = w.id
      union all
      select case when l.applied_at is not null then 'applied' else 'waiting' end
      from link_webhooks l where l.webhook_id = w.id and (l.applied_at is not null or ${hasSession})
    ) effects
  ) end`;

/** Whether something of a webhook may still take effect, on a row of `inbound_webhooks w`. */
export const isWaiting = sql<boolean>`(exists (
  select from webhook_effects e join accounts a on a.id = e.account_id
  where e.webhook_id = w.id and e.applied_at is null and ${isLive})
  or exists (
    select from link_webhooks l
    where l.webhook_id = w.id and l.applied_at is null and ${hasSession}))`;

/**
 * Whether `isWaiting` can be relied on where a statement locks the row: what came, or was replayed, within the last
 * minute may have had effects opened after the statement began. These times are looked at again under the lock,
 * the effects are not.
 */
export const isSettled = sql<boolean>`(w.received_at < now() - interval '1 minute'
  and (w.replayed_at is null or w.replayed_at < now() - interval '1 minute'))`;

const hasUnapplied = sql<boolean>`(exists (
  select from webhook_effects open where open.webhook_id = w.id and open.applied_at is null)
  or exists (select from link_webhooks open where open.webhook_id = w.id and open.applied_at is null))`;

/** What goes before `webhookState`, and follows from it: it leaves an index to find the few by. */
const NARROWED: Readonly<Record<WebhookState, RawBuilder<boolean>>> = {
  waiting: hasUnapplied,
  signalled: hasUnapplied,
  dropped: hasUnapplied,
  applied: sql<boolean>`w.outcome = 'accepted'`,
  unmatched: sql<boolean>`w.outcome = 'unmatched' and w.outcome <> 'accepted'`,
  no_effect: sql<boolean>`w.outcome = 'no_effect' and w.outcome <> 'accepted'`,
  unreadable: sql<boolean>`w.outcome = 'unreadable' and w.outcome <> 'accepted'`,
};

/** Whether a row of `inbound_webhooks w` is in this state. */
export function isInState(state: WebhookState): RawBuilder<boolean> {
  return sql<boolean>`(${NARROWED[state]} and ${webhookState} = ${state})`;
}
