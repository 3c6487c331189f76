import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilConnection } from '../connections/support.ts';
import { untilFound, untilStatus } from '../support/link.ts';
import {
  begin,
  connectionOfToken,
  newToken,
  startPage,
  untilEnded,
  untilSession,
  type Begun,
  type Page,
} from '../support/page.ts';

const finished = { state: 'finished', links: [] } as const;
const refuse = () => ({ error: { kind: 'reauth', code: 'login_required' } }) as const;
const exited = { state: 'exited', links: [] } as const;

describe.each([
  { tellsConsent: false, by: 'the word of the page' },
  { tellsConsent: true, by: 'what the provider answers then' },
])('a new log-in, by $by', ({ tellsConsent }) => {
  let page: Page;
  beforeAll(async () => {
    page = await startPage({
      linkSessionPace: { firstAskMs: 600_000, longestAskMs: 600_000, graceMs: 0 },
      tellsConsent,
    });
  });
  afterAll(() => page.close());

  /** A connection whose consent does not stand, and the provider's word for it. */
  async function lapsed() {
    const token = newToken();
    const begun = await begin(page, { reference: 'customer 7' });
    await page.send(begun.session, { state: 'finished', links: [{ ...token }] });
    const { connection_ids: ids } = await untilEnded(page, begun);
    const connection = await untilFound(page.freshet, ids[0]);
    const account = connection.accounts[0].id;
    await untilStatus(page.freshet, account, 'active');
    let isLapsed = true;
    const item = connectionOfToken(token);
    page.script('listAccounts', (of: string) => isLapsed && of === item, refuse);
    page.script('fetchBalance', (of: string) => isLapsed && of === `account-${item}`, refuse);
    await page.freshet.call('POST', `/v1/accounts/${account}/refresh`, {});
    await untilConnection(page.freshet, connection.id, (body) => body.status === 'reauth_required');
    await untilStatus(page.freshet, account, 'paused');
    return { id: connection.id as string, account, item, token, renew: () => (isLapsed = false) };
  }

  async function beginAgain(id: string): Promise<Begun> {
    const request = { connection_id: id, redirect_url: 'app.shop.test://done' };
    const { status, body } = await page.freshet.call('POST', '/v1/link_sessions', request);
    expect(status).toBe(201);
    expect(body).toMatchObject({ connection_id: id, connection_ids: [], status: 'open' });
    return { id: body.id, session: `link-${body.id}` };
  }

  /** Has it expire now: the reconciler starts the workflow anew. */
  async function expire({ id }: Begun): Promise<void> {
    await page.freshet.temporal.workflow.getHandle(`link-session:${id}`).terminate('expired');
    await page.freshet.db
      .updateTable('link_sessions')
      .set({ expires_at: new Date() })
      .where('id', '=', id)
      .execute();
  }

  it('resumes the accounts that waited for it', async () => {
    const { id, account, item, token, renew } = await lapsed();
    const begun = await beginAgain(id);
    expect(page.calls('startLink').at(-1)).toEqual({
      sessionId: begun.id,
      customer: { id: 'customer 7', name: null, email: null },
      webhookUrl: null,
      redirectUrl: 'app.shop.test://done',
      options: {},
      connection: {
        providerConnectionId: item,
        credentials: { secret: `access-${token.token}` },
      },
    });
    renew();
    await page.send(begun.session, finished);
    expect((await untilEnded(page, begun)).status).toBe('finished');
    await untilConnection(page.freshet, id, (body) => body.status === 'active');
    await untilStatus(page.freshet, account, 'active');
    const { body } = await page.freshet.call('GET', '/v1/events?type=link_session.ended');
    const told = body.data.find(
      ({ data }: { data: Record<string, unknown> }) => data['link_session_id'] === begun.id,
    );
    expect(told).toMatchObject({ connection_id: id, data: { connection_ids: [id] } });
  });

  it('changes nothing where the customer leaves, and what it links is exchanged for nothing', async () => {
    const { id, account, renew } = await lapsed();
    const left = await beginAgain(id);
    await page.send(left.session, exited);
    expect((await untilEnded(page, left)).status).toBe('exited');
    const { body } = await page.freshet.call('GET', `/v1/connections/${id}`);
    expect(body.status).toBe('reauth_required');
    const again = await beginAgain(id);
    const calls = page.calls('link').length;
    renew();
    await page.send(again.session, { state: 'finished', links: [{ ...newToken() }] });
    const ended = await untilEnded(page, again);
    expect([ended.status, ended.connection_ids]).toEqual(['finished', [id]]);
    await untilStatus(page.freshet, account, 'active');
    expect(page.calls('link').length).toBe(calls);
  });

  it('of a connection that is unlinked meanwhile has failed', async () => {
    const { id } = await lapsed();
    const begun = await beginAgain(id);
    await page.freshet.call('DELETE', `/v1/connections/${id}`);
    await untilConnection(page.freshet, id, ({ status }) => status === 'unlinked');
    await page.send(begun.session, finished);
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code]).toEqual(['failed', 'connection_unlinked']);
    const refused = await page.freshet.call('POST', '/v1/link_sessions', { connection_id: id });
    expect([refused.status, refused.body.code]).toEqual([409, 'connection_unlinked']);
  });

  it('erased with its connection leaves no webhook behind', async () => {
    const { id, token } = await lapsed();
    const count = async () =>
      await page.freshet.db
        .selectFrom('link_webhooks')
        .innerJoin('link_sessions', 'link_sessions.session_hash', 'link_webhooks.session_hash')
        .innerJoin('link_session_links', 'link_session_id', 'link_sessions.id')
        .where('link_session_links.connection_id', '=', id)
        .select('webhook_id')
        .execute();
    expect(await count()).toHaveLength(1);
    await page.freshet.call('DELETE', `/v1/connections/${id}?data=erase`);
    await untilConnection(page.freshet, id, (body) => body.erased_at !== null);
    expect(await count()).toEqual([]);
    const rows = await page.freshet.db.selectFrom('link_sessions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token.token);
  });

  it('of which something else told has finished when the session expires', async () => {
    const { id, account, renew } = await lapsed();
    const begun = await beginAgain(id);
    renew();
    await page.freshet.call('POST', `/v1/connections/${id}/reauthorized`);
    await untilStatus(page.freshet, account, 'active');
    await expire(begun);
    const ended = await untilSession(page, begun.id, ({ status }) => status !== 'open', 60_000);
    expect(ended.status).toBe('finished');
  });

  it('finished by the provider’s word alone shows when it is asked for', async () => {
    const { id, renew } = await lapsed();
    const begun = await beginAgain(id);
    renew();
    page.script(
      'readLink',
      (session: string) => session === begun.session,
      () => ({ result: finished }),
    );
    await expire(begun);
    const ended = await untilSession(page, begun.id, ({ status }) => status !== 'open', 60_000);
    expect(ended.status).toBe('finished');
    await untilConnection(page.freshet, id, (body) => body.status === 'active');
  });
});
