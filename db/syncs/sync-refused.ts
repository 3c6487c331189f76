/**
 * The sync has no right to write: its account is unlinked, or the run was recorded as failed in the
 * meantime.
 */
export class SyncRefused extends Error {
  override readonly name = 'SyncRefused';
  readonly code: 'account_unlinked' | 'run_given_up';

  constructor(code: SyncRefused['code']) {
    super(code);
    this.code = code;
  }
}
