import type { LinkProgress } from '../../providers/provider.ts';
import type { LinkSessionStatus } from '../schema.ts';

/** What has become of one of a session's links. */
export interface LinkOutcome {
  readonly status: 'exchanging' | 'exchanged' | 'failed';
  readonly code: string | null;
  readonly connectionId: string | null;
}

export interface Standing {
  readonly status: LinkSessionStatus;
  readonly code: string | null;
}

/** How it has gone, in whatever order it was told: that it finished counts for more than that it was left. */
export function furthest(told: readonly LinkProgress['state'][]): LinkProgress['state'] {
  const left = told.includes('exited') ? 'exited' : 'open';
  return told.includes('finished') ? 'finished' : left;
}

/** How a session stands by what is known of it: a connection that was made counts for more than how it was left. */
export function howItStands(known: {
  readonly told: LinkProgress['state'];
  readonly links: readonly LinkOutcome[];
  /** Of a new log-in no connection is made. */
  readonly isLogin: boolean;
  /** The connection stands again since the session began, whoever told it. */
  readonly isRestored: boolean;
  readonly isComplete: boolean;
  readonly isLast: boolean;
  readonly code: string | null;
}): Standing {
  const { told, links, isLogin, isLast, code } = known;
  const failed = links.find(({ status }) => status === 'failed');
  if (told === 'open' && !isLast) return { status: 'open', code: failed?.code ?? code };
  if (isLogin && (told === 'finished' || (isLast && known.isRestored)))
    return { status: 'finished', code: null };
  if (links.some(({ status }) => status === 'exchanged')) return { status: 'finished', code: null };
  if (failed) return { status: 'failed', code: failed.code };
  if (told === 'exited') return { status: 'exited', code: null };
  if (told === 'finished') {
    return known.isComplete || isLast
      ? { status: 'failed', code: 'no_link' }
      : { status: 'open', code };
  }
  return { status: 'expired', code };
}
