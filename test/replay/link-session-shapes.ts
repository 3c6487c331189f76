import { eventually } from '../support/eventually.ts';
import { begin, newToken, untilEnded, untilSession, type Page } from '../support/page.ts';

/** Webhooks come long before the provider is asked. */
export const PACE_OF_TOLD = { firstAskMs: 60_000, longestAskMs: 60_000, graceMs: 60_000 } as const;

/** Nothing comes but what is asked for. */
export const PACE_OF_ASKED = { firstAskMs: 300, longestAskMs: 600, graceMs: 200 } as const;

/** As `Shape`, of the workflow of a link session. */
type LinkSessionShape = (page: Page) => Promise<string>;

const link = () => ({ ...newToken() });

async function ended(page: Page, begun: { id: string; session: string }): Promise<string> {
  await untilEnded(page, begun);
  const workflowId = `link-session:${begun.id}`;
  const handle = page.freshet.temporal.workflow.getHandle(workflowId);
  await eventually(async () => (await handle.describe()).status.name === 'COMPLETED');
  return workflowId;
}

/** At `PACE_OF_TOLD`. */
export const toldShapes: Readonly<Record<string, LinkSessionShape>> = {
  'link-session-finished': async (page) => {
    const begun = await begin(page);
    const one = link();
    await page.send(begun.session, { state: 'open', links: [one] });
    await untilSession(page, begun.id, (body) => body.connection_ids.length === 1);
    await page.send(begun.session, { state: 'finished', links: [one, link()] });
    return await ended(page, begun);
  },

  'link-session-exited': async (page) => {
    const begun = await begin(page);
    await page.send(begun.session, { state: 'exited', links: [] });
    return await ended(page, begun);
  },
};

/** At `PACE_OF_ASKED`. */
export const askedShapes: Readonly<Record<string, LinkSessionShape>> = {
  'link-session-asked': async (page) => {
    const begun = await begin(page);
    const one = link();
    let asked = 0;
    page.script(
      'readLink',
      (session: string) => session === begun.session,
      () => {
        asked += 1;
        return {
          result: { state: asked < 3 ? 'open' : 'finished', links: asked < 3 ? [] : [one] },
        };
      },
    );
    return await ended(page, begun);
  },

  'link-session-expired': async (page) =>
    await ended(page, await begin(page, { customer: { id: 'expires soon' } })),
};

export const LINK_SESSION_SHAPES: readonly string[] = [
  ...Object.keys(toldShapes),
  ...Object.keys(askedShapes),
];
