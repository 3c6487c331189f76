import { expect, it } from 'vitest';
import { createMonoProvider } from '../../../providers/mono/provider.ts';
import { monoSettings } from '../../../providers/mono/settings.ts';
import type { Provider } from '../../../providers/provider.ts';
import { testContext } from '../context.ts';
import { answerJson, startWire, type Answer } from '../wire.ts';
import { errorOf, readAll, start } from './bank.ts';
import { example, exampleNames } from './examples.ts';

const ID = '65a000000000000000000001';
const ref = { providerConnectionId: ID, providerAccountId: ID, credentials: {} };

/** Answers each call with the example of its name, where none is given for it. */
const fromExamples =
  (instead: Readonly<Record<string, string>>, headers: Record<string, string>): Answer =>
  (response, { path }) => {
    const name = nameOf(path);
    answerJson(response, example('answers', instead[name] ?? name), 200, headers);
  };

function nameOf(path: string): string {
  const last = new URL(path, 'http://x').pathname.split('/').at(-1) ?? '';
  if (path.includes('/jobs/')) return 'job';
  return last === ID ? 'account' : last;
}

async function withAnswers<T>(
  act: (provider: Provider) => Promise<T>,
  instead: Readonly<Record<string, string>> = {},
  headers: Record<string, string> = {},
): Promise<T> {
  await using wire = await startWire(fromExamples(instead, headers));
  const settings = monoSettings({
    secretKey: 'test_sk_x',
    webhookSecret: 'x',
    baseUrl: wire.url,
    redirectUrl: 'https://app.example/linked',
    jobPollMs: 1,
  });
  return await act(createMonoProvider(settings));
}

const TAKEN = {
  providerConnectionId: ID,
  institutionId: '058',
  institutionName: 'Lagoon Bank',
};

const READ: Readonly<Record<string, () => Promise<void>>> = {
  async account() {
    const read = withAnswers((provider) => provider.listAccounts(ref, testContext()));
    expect(await read).toEqual({
      accounts: [
        {
          providerAccountId: ID,
          name: 'ADA OBI',
          number: '0123456789',
          type: 'Digital Savings Account',
          currency: 'NGN',
        },
      ],
    });
    const balance = withAnswers((provider) =>
      provider.fetchBalance(ref, { refresh: false }, testContext()),
    );
    expect(await balance).toMatchObject({
      current: '3330.64',
      dataAsOf: '2026-02-03T09:05:00.000Z',
    });
  },
  async transactions() {
    const { upserts, end } = await withAnswers((provider) => readAll(provider, ref));
    expect(upserts).toMatchObject([
      { amount: '5000.00', description: 'NIP TRANSFER FROM ADA', runningBalance: '3330.64' },
      { amount: '-100.50', category: null, runningBalance: null },
    ]);
    expect(end).toEqual({
      cursor: { since: '2026-02-02' },
      complete: { from: null, to: null },
      dataAsOf: '2026-02-03T09:05:01.000Z',
    });
  },
  async balance() {
    const read = withAnswers((provider) =>
      provider.fetchBalance(ref, { refresh: true }, testContext()),
    );
    expect(await read).toMatchObject({ current: '3330.64' });
  },
  async 'balance-enqueued'() {
    const read = withAnswers(
      (provider) => provider.fetchBalance(ref, { refresh: true }, testContext()),
      { balance: 'balance-enqueued' },
    );
    expect(await errorOf(read)).toMatchObject({ kind: 'retry', code: 'realtime_processing' });
  },
  async job() {
    const read = withAnswers(
      (provider) => provider.fetchBalance(ref, { refresh: true }, testContext()),
      { balance: 'balance-enqueued' },
      { 'x-job-id': '65b000000000000000000001', 'x-job-status': 'processing' },
    );
    expect(await read).toMatchObject({ current: '3330.64' });
  },
  async auth() {
    const read = withAnswers((provider) => provider.link({ code: 'code_x' }, testContext()));
    expect(await read).toMatchObject(TAKEN);
  },
  async 'auth-bare'() {
    const read = withAnswers((provider) => provider.link({ code: 'code_x' }, testContext()), {
      auth: 'auth-bare',
    });
    expect(await read).toMatchObject(TAKEN);
  },
  async initiate() {
    const started = await withAnswers((provider) => start(provider, 'session-1'));
    expect(started).toMatchObject({ url: 'https://link.mono.co/EXAMPLE1' });
  },
  async 'initiate-reauth'() {
    const started = await withAnswers(
      (provider) => start(provider, 'session-2', { connection: ref }),
      { initiate: 'initiate-reauth' },
    );
    expect(started).toMatchObject({ url: 'https://link.mono.co/EXAMPLE2' });
  },
  async institutions() {
    const checks = await withAnswers(async (provider) => provider.check?.(testContext()));
    expect(checks?.every(({ ok }) => ok)).toBe(true);
  },
  async unlink() {
    await expect(
      withAnswers((provider) => provider.unlink(ref, testContext())),
    ).resolves.toBeUndefined();
  },
};

it('has a reading for every example of an answer', () => {
  expect(Object.keys(READ).sort()).toEqual(exampleNames('answers').sort());
});

it.each(exampleNames('answers'))('reads the example %s', async (name) => {
  await READ[name]?.();
  expect.hasAssertions();
});
