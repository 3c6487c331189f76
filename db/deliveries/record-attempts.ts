import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** A request that was made, and what came of it. */
export interface DeliveryAttempt {
  readonly endpointId: string;
  readonly eventId: string;
  /** Of the delivery, before this one. */
  readonly tries: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly latencyMs: number;
  readonly statusCode: number | null;
  readonly errorCode: string | null;
  readonly responseStart: string | null;
  readonly succeeded: boolean;
  /** Milliseconds until the next try; null: it succeeded, or was the last. */
  readonly retryMs: number | null;
}

/**
 * Stores attempts, each at another delivery. A delivery that succeeded stays so, whatever another attempt of it
 * that was thought dead tells; one that was cancelled is not tried again; one that was asked for again meanwhile, or was
 * tried by another, keeps its time.
 */
export async function recordAttempts(
  db: Database,
  attempts: readonly DeliveryAttempt[],
): Promise<void> {
  const rows = attempts.map((attempt) => ({
    endpoint_id: attempt.endpointId,
    event_id: attempt.eventId,
    tries: attempt.tries,
    started_at: new Date(attempt.startedAt),
    latency_ms: attempt.latencyMs,
    status_code: attempt.statusCode,
    error_code: attempt.errorCode,
    response_start: attempt.responseStart,
    succeeded: attempt.succeeded,
    retry_ms: attempt.retryMs,
  }));
  await sql`
    with given as (
      select *, case when retry_ms is not null then now() + retry_ms * interval '1 ms' end as retry_at
      from json_to_recordset(${JSON.stringify(rows)}::json) as given (endpoint_id uuid, event_id uuid, tries int,
        started_at timestamptz, latency_ms int, status_code int, error_code text, response_start text,
        succeeded boolean, retry_ms float8)
    ), locked as materialized (
      -- In the order in which whoever asks for them again takes them.
      select endpoint_id, event_id from deliveries
      where (endpoint_id, event_id) in (select endpoint_id, event_id from given)
      order by endpoint_id, event_id
      for no key update
    ), ended as (
      update deliveries set
        attempts = attempts + 1,
        tries = case when deliveries.tries = given.tries then deliveries.tries + 1 else deliveries.tries end,
        last_attempt_at = given.started_at,
        last_status_code = given.status_code,
        last_error_code = given.error_code,
        status = case
          when given.succeeded then 'delivered'
          when deliveries.status <> 'pending' then deliveries.status
          when deliveries.tries <> given.tries then 'pending'
          when retry_at is null then 'failed'
          else 'pending' end,
        next_attempt_at = case
          when given.succeeded or deliveries.status <> 'pending' then null
          when deliveries.tries <> given.tries then next_attempt_at
          else retry_at end,
        ended_at = case
          when deliveries.status <> 'pending' then ended_at
          when given.succeeded then now()
          when deliveries.tries = given.tries and retry_at is null then now() end
      from given join locked using (endpoint_id, event_id)
      where deliveries.endpoint_id = given.endpoint_id and deliveries.event_id = given.event_id
      returning deliveries.endpoint_id, deliveries.event_id, deliveries.attempts
    )
    insert into delivery_attempts (endpoint_id, event_id, number, started_at, latency_ms, status_code,
      error_code, response_start)
    select endpoint_id, event_id, ended.attempts, started_at, latency_ms, status_code, error_code,
      -- What a receiver answers may quote the bank.
      case when response_start is not null and not exists (
        select from events event join connections on connections.id = event.connection_id
        where event.id = event_id and unlink_data = 'erase'
      ) then response_start end
    from given join ended using (endpoint_id, event_id)`.execute(db);
}
