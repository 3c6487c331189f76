import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tablesWith } from '../connections/support.ts';
import { allThatTemporalHolds } from '../support/all-that-temporal-holds.ts';
import { eventually } from '../support/eventually.ts';
import { untilFound, untilStatus } from '../support/link.ts';
import {
  begin,
  connectionOfToken,
  DOWN,
  MISCONFIGURED,
  newToken,
  started,
  startPage,
  untilEnded,
  untilSession,
  type Begun,
  type Page,
  type Token,
} from '../support/page.ts';

let page: Page;
beforeAll(async () => {
  page = await startPage({
    linkSessionPace: { firstAskMs: 600_000, longestAskMs: 600_000, graceMs: 0 },
    publicUrl: 'https://freshet.test',
  });
});
afterAll(() => page.close());

const finished = (...links: Token[]) => ({ state: 'finished', links: [...links] }) as never;
const added = (...links: Token[]) => ({ state: 'open', links: [...links] }) as never;
const exited = { state: 'exited', links: [] } as const;

const exchangesOf = ({ token }: Token) =>
  page.calls('link').filter((input) => (input as unknown as Token).token === token).length;

async function eventsOfSession({ id }: Begun) {
  const { body } = await page.freshet.call('GET', '/v1/events?type=link_session.ended&limit=500');
  return body.data.filter(
    (event: { data: Record<string, unknown> }) => event.data['link_session_id'] === id,
  );
}

async function only(connectionIds: readonly string[]) {
  expect(connectionIds).toHaveLength(1);
  const [id = ''] = connectionIds;
  return await untilFound(page.freshet, id);
}

describe('a first link', () => {
  it('begun by the API is finished by a webhook, and its accounts are kept fresh', async () => {
    const customer = { id: 'c-1', name: 'Ada Lovelace', email: 'ada@example.test' };
    const asked = {
      provider: 'paged',
      customer,
      redirect_url: 'https://shop.test/done',
      options: { language: 'en' },
      refresh: { interval: 'one_hour', products: ['balance'] },
      new_accounts: 'link',
    };
    const { status, body } = await page.freshet.call('POST', '/v1/link_sessions', asked);
    expect(status).toBe(201);
    const begun = { id: body.id, session: `link-${body.id}` };
    expect(body).toEqual({
      id: expect.any(String),
      provider: 'paged',
      url: `https://page.test/${begun.session}`,
      status: 'open',
      status_code: null,
      connection_id: null,
      connection_ids: [],
      reference: 'c-1',
      expires_at: expect.any(String),
      created_at: expect.any(String),
      ended_at: null,
    });
    expect(page.calls('startLink').at(-1)).toEqual({
      sessionId: begun.id,
      customer,
      webhookUrl: 'https://freshet.test/webhooks/paged',
      redirectUrl: 'https://shop.test/done',
      options: { language: 'en' },
      connection: null,
    });

    const token = newToken();
    expect(await page.send(begun.session, finished(token))).toBe(200);
    const ended = await untilEnded(page, begun);
    expect(ended).toMatchObject({ status: 'finished', status_code: null, url: null });
    const connection = await only(ended.connection_ids);
    expect(connection).toMatchObject({
      provider: 'paged',
      reference: 'c-1',
      new_accounts: 'link',
      institution: { id: 'ins_1', name: 'Bank of Tests' },
    });
    const [account] = connection.accounts;
    expect(account.settings).toMatchObject({ interval: 'one_hour', products: ['balance'] });
    await untilStatus(page.freshet, account.id, 'active');
    expect(await eventsOfSession(begun)).toMatchObject([
      {
        connection_id: null,
        data: {
          link_session_id: begun.id,
          status: 'finished',
          status_code: null,
          connection_ids: [connection.id],
        },
      },
    ]);
    const { db, temporal } = page.freshet;
    expect(await tablesWith(db, 'Lovelace')).toEqual([]);
    expect(await tablesWith(db, 'ada@example.test')).toEqual([]);
    expect(await tablesWith(db, token.token)).toEqual([]);
    const query = `WorkflowType = 'linkSession'`;
    const held = [...(await allThatTemporalHolds(temporal, query)).values()].join('\n');
    expect(held).toContain(begun.id);
    expect(held).not.toMatch(/Lovelace|ada@|token-|link-session-secret|page\.test|item-/);
  });

  it('told of by two webhooks with the same token, each of them twice, exchanges it once', async () => {
    const begun = await begin(page);
    const token = newToken();
    await Promise.all([
      page.send(begun.session, added(token)),
      page.send(begun.session, added(token)),
      page.send(begun.session, finished(token)),
      page.send(begun.session, finished(token), 'of another key'),
    ]);
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.connection_ids.length]).toEqual(['finished', 1]);
    await page.send(begun.session, finished(token), 'once more');
    await untilNoneWaits(begun);
    // What it tells was known: no workflow was told of it.
    const handle = page.freshet.temporal.workflow.getHandle(`link-session:${begun.id}`);
    await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
    const { runId } = await handle.describe();
    await page.send(begun.session, finished(token), 'and again');
    await untilNoneWaits(begun);
    expect((await handle.describe()).runId).toBe(runId);
    expect(exchangesOf(token)).toBe(1);
    expect(await eventsOfSession(begun)).toHaveLength(1);
  });

  it('makes its connection as soon as there is one, and several where there are', async () => {
    const begun = await begin(page);
    const [one, other] = [newToken(), newToken()];
    await page.send(begun.session, added(one));
    const open = await untilSession(page, begun.id, (body) => body.connection_ids.length === 1);
    expect(open.status).toBe('open');
    // Out of order: that it has finished comes before the second.
    await page.send(begun.session, finished(one));
    await untilEnded(page, begun);
    await page.send(begun.session, added(other));
    const both = await untilSession(page, begun.id, (body) => body.connection_ids.length === 2);
    expect(both.status).toBe('finished');
    const found = await Promise.all(
      both.connection_ids.map((id: string) => untilFound(page.freshet, id)),
    );
    expect(found.map(({ status }) => status)).toEqual(['active', 'active']);
  });

  it('of which a webhook comes before the session is stored loses nothing', async () => {
    let begun: Begun | undefined;
    const token = newToken();
    page.script(
      'startLink',
      ({ customer }: { customer: { id: string } }) => customer.id === 'faster',
      async (input) => {
        const { sessionId } = input as { sessionId: string };
        begun = { id: sessionId, session: `link-${sessionId}` };
        await page.send(begun.session, finished(token));
        return { result: started(begun.session) };
      },
    );
    const { id } = await begin(page, { customer: { id: 'faster' } });
    const ended = await untilEnded(page, { id, session: `link-${id}` });
    expect(ended.status).toBe('finished');
    const { body } = await page.freshet.call('GET', '/v1/webhooks?state=applied&type=LINK');
    expect(body.data.length).toBeGreaterThan(0);
    const webhooks = await page.freshet.db
      .selectFrom('link_webhooks')
      .innerJoin('inbound_webhooks', 'inbound_webhooks.id', 'webhook_id')
      .innerJoin('link_sessions', 'link_sessions.session_hash', 'link_webhooks.session_hash')
      .where('link_sessions.id', '=', id)
      .select('outcome')
      .execute();
    expect(webhooks).toEqual([{ outcome: 'accepted' }]);
  });

  it('that the customer leaves has exited, and finishes all the same once they come back', async () => {
    const begun = await begin(page);
    await page.send(begun.session, exited);
    expect((await untilEnded(page, begun)).status).toBe('exited');
    const token = newToken();
    await page.send(begun.session, finished(token));
    const back = await untilSession(page, begun.id, ({ status }) => status === 'finished');
    await only(back.connection_ids);
    const told = (await eventsOfSession(begun)).map(
      ({ data }: { data: { status: string } }) => data.status,
    );
    expect(told.toSorted()).toEqual(['exited', 'finished']);
  });

  it('that was left after an account was linked has finished', async () => {
    const begun = await begin(page);
    await page.send(begun.session, added(newToken()));
    await page.send(begun.session, exited);
    expect((await untilEnded(page, begun)).status).toBe('finished');
  });
});

async function untilNoneWaits({ id }: Begun): Promise<void> {
  await eventually(async () => {
    const waiting = await page.freshet.db
      .selectFrom('link_webhooks')
      .innerJoin('link_sessions', 'link_sessions.session_hash', 'link_webhooks.session_hash')
      .where('link_sessions.id', '=', id)
      .where('applied_at', 'is', null)
      .select('webhook_id')
      .execute();
    return waiting.length === 0;
  });
}

describe('a link that goes wrong', () => {
  it('has failed where what it gave is refused', async () => {
    const begun = await begin(page);
    const token = newToken();
    page.script(
      'link',
      ({ token: of }: Token) => of === token.token,
      () => ({ invalid: { field: 'link.token', message: '' } }),
    );
    await page.send(begun.session, finished(token));
    expect(await untilEnded(page, begun)).toMatchObject({
      status: 'failed',
      status_code: 'invalid_link',
      connection_ids: [],
    });
    expect(exchangesOf(token)).toBe(1);
  });

  it('has failed where the provider is not set up for it', async () => {
    const begun = await begin(page);
    const token = newToken();
    page.script(
      'link',
      ({ token: of }: Token) => of === token.token,
      () => MISCONFIGURED,
    );
    await page.send(begun.session, finished(token));
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code]).toEqual(['failed', 'invalid_api_keys']);
  });

  it('is repeated through an outage, which shows', async () => {
    const begun = await begin(page);
    const token = newToken();
    let isDown = true;
    page.script(
      'link',
      ({ token: of }: Token) => of === token.token && isDown,
      () => DOWN,
    );
    await page.send(begun.session, finished(token));
    const waiting = await untilSession(page, begun.id, (body) => body.status_code);
    expect([waiting.status, waiting.status_code]).toEqual(['open', 'http_500']);
    isDown = false;
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code]).toEqual(['finished', null]);
  });

  it('has failed where it gave nothing, also when the provider is asked', async () => {
    const begun = await begin(page);
    page.script(
      'readLink',
      (session: string) => session === begun.session,
      () => ({ result: { state: 'finished', links: [] } }),
    );
    await page.send(begun.session, finished());
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code]).toEqual(['failed', 'no_link']);
  });
});

describe('a worker that is killed', () => {
  it('while a token is exchanged is followed by one that says that it is lost', async () => {
    const begun = await begin(page);
    const token = newToken();
    let calls = 0;
    page.script(
      'link',
      ({ token: of }: Token) => of === token.token,
      async () => {
        calls += 1;
        if (calls > 1) return { invalid: { field: 'link.token', message: '' } };
        // The answer comes when nobody is there any more.
        await page.freshet.worker().kill();
        return DOWN;
      },
    );
    await page.send(begun.session, finished(token));
    await eventually(() => calls === 1);
    await page.freshet.startWorker();
    const ended = await untilEnded(page, begun, 90_000);
    expect([ended.status, ended.status_code]).toEqual(['failed', 'link_lost']);
  }, 120_000);

  it('behind the exchange is followed by one that goes on', async () => {
    const begun = await begin(page);
    const token = newToken();
    let isKilled = false;
    page.script(
      'listAccounts',
      (connection: string) => connection === connectionOfToken(token) && !isKilled,
      async () => {
        isKilled = true;
        await page.freshet.worker().kill();
        return DOWN;
      },
    );
    await page.send(begun.session, finished(token));
    await eventually(() => isKilled);
    await page.freshet.startWorker();
    const ended = await untilEnded(page, begun, 90_000);
    expect(ended.status).toBe('finished');
    expect((await only(ended.connection_ids)).status).toBe('active');
    expect(exchangesOf(token)).toBe(1);
  }, 120_000);
});
