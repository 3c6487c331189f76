import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordAccountState } from '../../db/accounts/record-account-state.ts';
import type { AccountStatus, PauseReason } from '../../db/schema.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';

let rig: StorageRig;
beforeAll(async () => {
  rig = await storageRig();
});
afterAll(() => rig.close());

const NEXT = '2031-01-02T03:04:05.000Z';

it.each<[AccountStatus, PauseReason | null, string | null]>([
  ['scanning', null, NEXT],
  ['active', null, NEXT],
  ['failing', null, NEXT],
  ['paused', 'provider_error', NEXT],
  ['paused', 'reauth_required', null],
  ['paused', 'user', null],
])('an account that is %s (%s) shows when it is next tried: %s', async (status, reason, next) => {
  const [ids] = await rig.link({ accounts: 1 });
  const accountId = ids?.account ?? '';
  const state = {
    accountId,
    status,
    pauseReason: reason,
    settingsVersion: 1,
    consentVersion: 1,
    nextSyncAt: NEXT,
  };
  expect(await recordAccountState(rig.db, state)).toBe('recorded');
  const { body } = await rig.get(`/v1/accounts/${accountId}`);
  expect([body.status, body.pause_reason, body.next_sync_at]).toEqual([status, reason, next]);
});
