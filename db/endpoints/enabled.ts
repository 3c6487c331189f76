import { sql } from 'kysely';

/** What is set of an endpoint from which nothing bad is known, any more. */
export const HEALTHY = { failures: 0, failing_since: null, rest_until: null };

/** What is set of one that is enabled, or was. */
export const ENABLED = {
  ...HEALTHY,
  status: 'enabled' as const,
  disabled_reason: null,
  status_changed_at: sql<Date>`case when webhook_endpoints.status = 'enabled'
    then webhook_endpoints.status_changed_at else now() end`,
};
