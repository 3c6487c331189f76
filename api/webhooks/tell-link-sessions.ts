import type { Logger } from '../../config/logger.ts';
import type { Database } from '../../db/connect.ts';
import { linkSessionsNamed } from '../../db/link-sessions/link-sessions-named.ts';
import type { NamedLinkSession } from '../../db/link-sessions/note-link-webhook.ts';
import type { LinkSessionWorkflows } from '../../temporal/link-session-workflows.ts';

/**
 * Has the workflows of the link sessions that a stored webhook names take up what it says, in the background.
 * Those that could not be told the reconciler tells.
 */
export type TellLinkSessions = (webhook: {
  readonly provider: string;
  readonly linkSessions?: readonly NamedLinkSession[];
}) => void;

export function tellLinkSessions({
  db,
  linkSessionWorkflows,
  logger,
}: {
  readonly db: Database;
  readonly linkSessionWorkflows: LinkSessionWorkflows;
  readonly logger: Logger;
}): TellLinkSessions {
  async function tell(provider: string, hashes: readonly Buffer[]): Promise<void> {
    try {
      for (const session of await linkSessionsNamed(db, provider, hashes)) {
        await linkSessionWorkflows.tell(session);
      }
    } catch (err) {
      logger.warn({ err }, 'link session not told of a webhook: left to the reconciler');
    }
  }
  return ({ provider, linkSessions = [] }) => {
    const hashes = linkSessions.map(({ hash }) => hash);
    if (hashes.length > 0) void tell(provider, hashes);
  };
}
