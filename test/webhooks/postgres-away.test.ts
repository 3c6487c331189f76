import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { createApiKey } from '../../credentials/api-key.ts';
import { freePort } from '../../dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import { startApiProcess } from '../support/start-api-process.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';
import type { NodeProcess } from '../support/start-node-process.ts';
import type { OwnPostgres } from '../support/start-postgres.ts';
import { expectStoredOnce } from './support/expect-applied-once.ts';
import { migratedPostgres, restartPostgres } from './support/migrated-postgres.ts';
import { postWebhook, type WebhookAnswer } from './support/post-webhook.ts';

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

interface Stack {
  readonly freshet: Freshet;
  readonly api: NodeProcess;
  postgres: OwnPostgres;
  post(body: string): Promise<WebhookAnswer>;
}

/** One instance of the API, in a process of its own, with a Postgres of its own. */
async function startStack(): Promise<Stack> {
  const postgres = await migratedPostgres();
  toClose.push(() => stack.postgres.stop());
  const freshet = await startFreshet({ databaseUrl: postgres.url, worker: false });
  toClose.push(() => freshet.close());
  const port = await freePort();
  const api = await startApiProcess(freshet, port);
  toClose.push(() => api.stop());
  // Nobody waits for longer than this, whatever it is that hangs.
  const limits = { token: freshet.webhookToken, timeoutMs: 5_000 };
  const url = `http://127.0.0.1:${port}`;
  const stack: Stack = {
    freshet,
    api,
    postgres,
    post: (body) => postWebhook(url, { body, ...limits }),
  };
  return stack;
}

/** Of an account that nobody has linked: it is stored all the same. */
const webhook = (): string =>
  JSON.stringify({
    callback_code: 'PERIODIC_TRANSACTIONS',
    record: randomUUID(),
    ended_at: new Date(),
  });

const webhooks = (count: number): string[] => Array.from({ length: count }, webhook);

const refused = {
  status: 503,
  retryAfter: expect.stringMatching(/^[1-9]\d*$/),
  body: expect.any(String),
};

/** Each is refused, and acknowledged once Postgres is back, by the same process. */
async function expectRefusedUntil(
  { freshet, api, post }: Stack,
  before: readonly string[],
  comesBack: () => Promise<unknown>,
): Promise<void> {
  const meanwhile = webhooks(60);
  for (let round = 0; round < 3; round++) {
    const some = meanwhile.slice(20 * round, 20 * (round + 1));
    const answers = await Promise.all(some.map(post));
    expect(answers).toEqual(some.map(() => refused));
  }

  await comesBack();
  await Promise.all(
    meanwhile.map((body) =>
      eventually(async () => (await post(body)).status === 200, {
        everyMs: 200,
        timeoutMs: 20_000,
        describe: 'a webhook to be acknowledged again',
      }),
    ),
  );
  await expectStoredOnce(freshet.db, [...before, ...meanwhile]);
  expect(api.exit()).toBeUndefined();
}

async function expectAcknowledged({ post }: Stack, bodies: readonly string[]): Promise<void> {
  const answers = await Promise.all(bodies.map(post));
  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
}

it('a Postgres that was killed: webhooks are refused until it is back', async () => {
  const stack = await startStack();
  const before = webhooks(20);
  await expectAcknowledged(stack, before);
  // Some are on their way to it when it dies.
  const under = webhooks(100);
  const interrupted = under.map(stack.post);
  await stack.postgres.kill();
  const answers = await Promise.all(interrupted);
  const acknowledged = under.filter((_, index) => answers[index]?.status === 200);
  expect(answers.filter(({ status }) => status !== 200)).toEqual(
    Array.from({ length: under.length - acknowledged.length }, () => refused),
  );

  await expectRefusedUntil(stack, [...before, ...under], async () => {
    stack.postgres = await restartPostgres(stack.postgres);
    await Promise.all(
      under.map((body) => eventually(async () => (await stack.post(body)).status === 200)),
    );
  });
}, 90_000);

it('a Postgres that hangs: webhooks are refused until it goes on', async () => {
  const stack = await startStack();
  const before = webhooks(20);
  await expectAcknowledged(stack, before);
  stack.postgres.freeze();
  try {
    await expectRefusedUntil(stack, before, async () => stack.postgres.thaw());
  } finally {
    stack.postgres.thaw();
  }
}, 90_000);

it('a Postgres that is away at the start: the API is there, and goes on once it comes', async () => {
  const stack = await startStack();
  await stack.postgres.kill();
  const port = await freePort();
  const key = createApiKey();
  const api = await startApiProcess(stack.freshet, port, { FRESHET_BOOTSTRAP_API_KEY: key });
  toClose.push(() => api.stop());
  const url = `http://127.0.0.1:${port}`;
  const body = webhook();
  const token = stack.freshet.webhookToken;
  expect(await postWebhook(url, { body, token, timeoutMs: 5_000 })).toEqual(refused);
  stack.postgres = await restartPostgres(stack.postgres);
  await eventually(
    async () => (await postWebhook(url, { body, token, timeoutMs: 5_000 })).status === 200,
  );
  await eventually(async () => {
    const headers = { Authorization: `Bearer ${key}` };
    const { status } = await fetch(`${url}/v1/webhooks`, { headers });
    return status === 200;
  });
}, 90_000);
