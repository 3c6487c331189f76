import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { untilFound } from '../support/link.ts';
import {
  begin,
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
    linkSessionPace: { firstAskMs: 300, longestAskMs: 1_000, graceMs: 200 },
  });
});
afterAll(() => page.close());

const finished = (...links: Token[]) => ({ state: 'finished', links: [...links] }) as never;

const asksOf = ({ session }: Begun) =>
  page.calls('readLink').filter((input) => input === session).length;

/** Begins a link that expires so soon. */
async function beginShort(expiresInMs: number): Promise<Begun> {
  const id = `short ${expiresInMs} ${newToken().token}`;
  page.script(
    'startLink',
    ({ customer }: { customer: { id: string } }) => customer.id === id,
    (input) => ({
      result: started(`link-${(input as { sessionId: string }).sessionId}`, expiresInMs),
    }),
  );
  return await begin(page, { customer: { id } });
}

const answers = (begun: Begun, answer: () => object) =>
  page.script(
    'readLink',
    (session: string) => session === begun.session,
    () => answer() as never,
  );

describe('a session of which no webhook comes', () => {
  it('is found out by asking the provider', async () => {
    const begun = await begin(page);
    const token = newToken();
    let isFinished = false;
    answers(begun, () => ({
      result: isFinished ? finished(token) : { state: 'open', links: [] },
    }));
    await eventually(() => asksOf(begun) >= 2);
    isFinished = true;
    const ended = await untilEnded(page, begun);
    expect(ended.status).toBe('finished');
    expect((await untilFound(page.freshet, ended.connection_ids[0])).status).toBe('active');
    // The webhook was only late.
    await page.send(begun.session, finished(token));
    await untilNoneWaits(begun);
    const exchanges = page
      .calls('link')
      .filter((input) => (input as unknown as Token).token === token.token);
    expect(exchanges).toHaveLength(1);
  });

  it('expires when nothing has come, having been asked once more', async () => {
    const begun = await beginShort(500);
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code, ended.url]).toEqual(['expired', null, null]);
    expect(asksOf(begun)).toBeGreaterThan(0);
    const token = newToken();
    await page.send(begun.session, finished(token));
    const late = await untilSession(page, begun.id, ({ status }) => status === 'finished');
    expect(late.connection_ids).toHaveLength(1);
  });

  it('shows why its provider does not tell, and ends when that does', async () => {
    const begun = await beginShort(800);
    let isDown = true;
    answers(begun, () => (isDown ? DOWN : { result: { state: 'exited', links: [] } }));
    const waiting = await untilSession(page, begun.id, (body) => body.status_code !== null);
    expect([waiting.status, waiting.status_code]).toEqual(['open', 'http_500']);
    await eventually(async () => Date.now() > Date.parse(waiting.expires_at) + 500);
    expect((await page.freshet.call('GET', `/v1/link_sessions/${begun.id}`)).body.status).toBe(
      'open',
    );
    isDown = false;
    expect((await untilEnded(page, begun, 60_000)).status).toBe('exited');
  });

  it('expires where the provider can never tell', async () => {
    const begun = await beginShort(500);
    answers(begun, () => MISCONFIGURED);
    const ended = await untilEnded(page, begun);
    expect([ended.status, ended.status_code]).toEqual(['expired', 'invalid_api_keys']);
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

describe('the reconciler', () => {
  it('starts a session whose workflow is missing, and tells one of what waits', async () => {
    const begun = await begin(page);
    const handle = page.freshet.temporal.workflow.getHandle(`link-session:${begun.id}`);
    await handle.terminate('it is gone');
    await eventually(async () => (await handle.describe()).status.name === 'RUNNING', {
      timeoutMs: 60_000,
    });
  }, 90_000);

  it('has an ended session take up what a webhook told while Temporal was not reached', async () => {
    const begun = await beginShort(300);
    await untilEnded(page, begun);
    // As one that was stored, and of which nobody was told.
    const token = newToken();
    await page.send(begun.session, finished(token));
    await untilSession(page, begun.id, ({ status }) => status === 'finished');
    await page.freshet.db
      .updateTable('link_webhooks')
      .set({ applied_at: null })
      .where(
        'session_hash',
        'in',
        page.freshet.db
          .selectFrom('link_sessions')
          .where('id', '=', begun.id)
          .select('session_hash'),
      )
      .execute();
    await eventually(
      async () => {
        const { body } = await page.freshet.call('GET', '/v1/webhooks?state=waiting');
        return body.data.length === 0;
      },
      { timeoutMs: 60_000 },
    );
    await untilNoneWaits(begun);
  }, 90_000);

  it('deletes what ended long ago', async () => {
    const begun = await beginShort(300);
    await untilEnded(page, begun);
    await page.freshet.db
      .updateTable('link_sessions')
      .set({ ended_at: sql<Date>`now() - interval '31 days'` })
      .where('id', '=', begun.id)
      .execute();
    await eventually(
      async () => (await page.freshet.call('GET', `/v1/link_sessions/${begun.id}`)).status === 404,
      { timeoutMs: 60_000 },
    );
  }, 90_000);
});
