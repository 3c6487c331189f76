import type { Migration, MigrationProvider } from 'kysely/migration';
import { accountsStayFresh } from './0001_accounts_stay_fresh.ts';
import { exactHistory } from './0002_exact_history.ts';
import { consentTime } from './0003_consent_time.ts';
import { accountLives } from './0004_account_lives.ts';
import { webhookLives } from './0005_webhook_lives.ts';
import { eventsOut } from './0006_events_out.ts';
import { linkSessions } from './0007_link_sessions.ts';
import { callsMetered } from './0008_calls_metered.ts';
import { moreProviders } from './0009_more_providers.ts';

const migrations: Record<string, Migration> = {
  '0001_accounts_stay_fresh': accountsStayFresh,
  '0002_exact_history': exactHistory,
  '0003_consent_time': consentTime,
  '0004_account_lives': accountLives,
  '0005_webhook_lives': webhookLives,
  '0006_events_out': eventsOut,
  '0007_link_sessions': linkSessions,
  '0008_calls_metered': callsMetered,
  '0009_more_providers': moreProviders,
};

/** Every migration by name, in the order in which they run. Forward only: none has a `down`. */
export const migrationProvider: MigrationProvider = {
  getMigrations: () => Promise.resolve(migrations),
};
