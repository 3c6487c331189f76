import { correctIntervals } from './correct-intervals.ts';
import { deleteBudgets } from './delete-unused-budgets.ts';
import { deleteEndpoints, deleteEvents } from './delete-old-events.ts';
import { deleteRejected, deleteWebhooks } from './delete-old-webhooks.ts';
import { markStale } from './mark-stale.ts';
import { redactWebhooks } from './redact-webhooks.ts';
import { deleteLinkSessions, startLinkSessions, tellLinkSessions } from './link-sessions.ts';
import { checkAccounts } from './check-accounts.ts';
import type { Repair } from './repair.ts';
import { signalWebhooks } from './signal-webhooks.ts';
import { startLinks } from './start-links.ts';
import { startMissingWorkflows } from './start-missing-workflows.ts';
import { startUnlinks } from './start-unlinks.ts';
import { stopOrphans } from './stop-orphans.ts';
import { tellConsents } from './tell-consents.ts';
import { tellExpiries } from './tell-expiries.ts';
import { tellSettings } from './tell-settings.ts';
import { wakeLateAccounts } from './wake-late-accounts.ts';
import { wakeOverdueEndpoints } from './wake-overdue-endpoints.ts';

/** Everything that a round of the reconciler repairs, in its order, by the names of its metrics. */
export const repairs: Readonly<Record<string, Repair>> = {
  webhooks_signalled: signalWebhooks,
  settings_told: tellSettings,
  consents_told: tellConsents,
  late_accounts_woken: wakeLateAccounts,
  missing_workflows_started: startMissingWorkflows,
  orphans_stopped: stopOrphans,
  overdue_endpoints_woken: wakeOverdueEndpoints,
  accounts_marked_stale: markStale,
  expiries_told: tellExpiries,
  links_started: startLinks,
  unlinks_started: startUnlinks,
  link_sessions_started: startLinkSessions,
  link_sessions_told: tellLinkSessions,
  checks_started: checkAccounts,
  // Behind what starts and tells the accounts of the round as they were read.
  intervals_corrected: correctIntervals,
  webhook_bodies_redacted: redactWebhooks,
  webhooks_deleted: deleteWebhooks,
  rejected_webhooks_deleted: deleteRejected,
  link_sessions_deleted: deleteLinkSessions,
  events_deleted: deleteEvents,
  endpoints_deleted: deleteEndpoints,
  budgets_deleted: deleteBudgets,
};
