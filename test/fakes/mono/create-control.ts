import type { Clock } from './clock.ts';
import type { MonoControl } from './control.ts';
import { EVERYTHING, extract } from './extract.ts';
import type { Fake } from './fake.ts';
import { settleJob } from './jobs.ts';
import { codeFor, finishLink, finishReauth } from './linking.ts';
import { openAccount } from './open-account.ts';
import { addTransaction, editTransaction, removeTransaction, truthOf } from './truth.ts';
import type { Account, Job } from './types.ts';
import { unlinkAccount } from './unlink-account.ts';
import { createAnnouncements } from './webhooks/announcements.ts';
import { accountOf } from './world.ts';

export function createControl(fake: Fake, clock: Clock): MonoControl {
  const { world, webhooks } = fake;
  const account = (id: string): Account => accountOf(world, id);
  const jobs = (accountId?: string): Job[] =>
    [...world.jobs.values()].filter((job) => [undefined, job.accountId].includes(accountId));

  return {
    settings: world.settings,
    clock,
    faults: fake.faults,
    alterations: fake.alterations,
    webhooks,
    announce: createAnnouncements(world, webhooks),
    setSecretKey(key) {
      world.secretKey = key;
    },
    openAccount: (details) => openAccount(world, details),
    account,
    addTransaction: (id, made) => addTransaction(world, account(id), made),
    editTransaction: (id, row, change) => editTransaction(account(id), row, change),
    removeTransaction: (id, row) => removeTransaction(account(id), row),
    setBalance(id, minorUnits) {
      account(id).balance = minorUnits;
    },
    truth: (id) => truthOf(account(id)),
    shown: (id) => account(id).shown,
    extract(id, { retrieve = EVERYTHING, announce = true, dataStatus } = {}) {
      const changed = extract(world, account(id), retrieve);
      if (dataStatus !== undefined) account(id).dataStatus = dataStatus;
      if (announce) this.announce.updated(id);
      return changed;
    },
    finishLink: (urlOrRef, options) => finishLink(fake, urlOrRef, options),
    finishReauth: (urlOrRef, options) => finishReauth(fake, urlOrRef, options),
    codeFor: (id) => codeFor(fake, account(id)),
    requireReauth(id) {
      account(id).reauthRequired = true;
    },
    setDataStatus(id, status) {
      account(id).dataStatus = status;
    },
    unlink: (id) => unlinkAccount(fake, account(id)),
    jobs,
    finishJob(jobOrAccountId, how) {
      const job = world.jobs.get(jobOrAccountId) ?? jobs(jobOrAccountId).at(-1);
      if (job === undefined) throw new Error(`the fake of Mono has no job ${jobOrAccountId}`);
      settleJob(fake, job, how);
      return job;
    },
    realTimeCount(accountId) {
      const sessions = jobs(accountId);
      const calls = fake.calls
        .list()
        .filter((call) => call.realTime && [undefined, call.account].includes(accountId));
      return {
        calls: calls.length,
        sessions: sessions.length,
        charged: sessions.filter((job) => job.hasNewData).length,
      };
    },
    beforePage: (hook) => fake.pageHooks.add(hook),
  };
}
