import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What the Temporal UI can filter and sort account workflows by. They must be registered in the
 * namespace before a workflow sets them. Nothing private: names of states, providers and errors,
 * and times.
 */
export const searchAttributes = {
  /** `scanning`, `active`, `failing` or `paused`. */
  status: defineSearchAttributeKey('FreshetStatus', 'KEYWORD'),
  /** `user`, `reauth_required`, `provider_error`, or `none`. */
  pauseReason: defineSearchAttributeKey('FreshetPauseReason', 'KEYWORD'),
  provider: defineSearchAttributeKey('FreshetProvider', 'KEYWORD'),
  /** The name of the interval that is kept (see `AccountSettings`), or `none`. */
  interval: defineSearchAttributeKey('FreshetInterval', 'KEYWORD'),
  nextSync: defineSearchAttributeKey('FreshetNextSync', 'DATETIME'),
  lastSuccess: defineSearchAttributeKey('FreshetLastSuccess', 'DATETIME'),
  /** The kind of the last error (`retry`, `reauth`, …), or `none`. */
  lastErrorType: defineSearchAttributeKey('FreshetLastErrorType', 'KEYWORD'),
};
