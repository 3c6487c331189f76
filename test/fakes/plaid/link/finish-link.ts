import { randomUUID } from 'node:crypto';
import type { PlaidErrorCode } from '../errors/codes.ts';
import { findItem, findLogin } from '../find.ts';
import { createItem, shareAccounts } from '../items/create-item.ts';
import { repairLogin } from '../items/login.ts';
import { pull } from '../items/take-over.ts';
import type { Item } from '../items/types.ts';
import { sendLinkWebhook } from '../webhooks/link-webhooks.ts';
import type { World } from '../world.ts';
import { createPublicToken } from './create-public-token.ts';
import type { LinkSession, LinkToken } from './types.ts';

/** What the user did in Link. */
export interface LinkChoice {
  /** Whose login it was; needed but for update mode. */
  readonly loginId?: string;
  /** The bank's ids of the accounts that were ticked; all open ones when left out. */
  readonly bankAccountIds?: readonly string[];
  /**
   * In update mode: whether ITEM/LOGIN_REPAIRED is sent. False: it is documented for a repair that
   * did not go through this client's own update mode.
   */
  readonly tellsLoginRepaired?: boolean;
}

export interface FinishedLink {
  readonly itemId: string;
  /** Null in update mode: the item keeps its access token. */
  readonly publicToken: string | null;
  readonly linkSessionId: string;
}

const EVENTS_OF_SUCCESS = ['OPEN', 'SELECT_INSTITUTION', 'SUBMIT_CREDENTIALS', 'HANDOFF'];

/**
 * The user went through Link. A session of Hosted Link tells so by its webhooks; of another one,
 * only the caller is told, as the frontend would be.
 */
export function finishLink(world: World, tokenOrUrl: string, choice: LinkChoice): FinishedLink {
  const link = openLink(world, tokenOrUrl);
  const item = link.updates === null ? addItem(world, link, choice) : update(world, link, choice);
  const publicToken = link.updates === null ? createPublicToken(world, item) : null;
  const session = addSession(world, link, EVENTS_OF_SUCCESS, {
    result: { itemId: item.id, publicToken },
    exit: null,
  });
  if (link.hostedUrl !== null) {
    if (publicToken !== null) sendLinkWebhook(world, link, session, 'ITEM_ADD_RESULT');
    sendLinkWebhook(world, link, session, 'EVENTS');
    sendLinkWebhook(world, link, session, 'SESSION_FINISHED');
  }
  return { itemId: item.id, publicToken, linkSessionId: session.id };
}

/** The user left Link. The token stays usable, as Plaid's does until a session succeeds. */
export function abandonLink(
  world: World,
  tokenOrUrl: string,
  error: PlaidErrorCode | null,
): string {
  const link = openLink(world, tokenOrUrl);
  const session = addSession(world, link, ['OPEN', 'EXIT'], {
    result: null,
    exit: { error, status: 'requires_credentials' },
  });
  if (link.hostedUrl !== null) {
    sendLinkWebhook(world, link, session, 'EVENTS');
    sendLinkWebhook(world, link, session, 'SESSION_FINISHED');
  }
  return session.id;
}

/** Found by its token or its URL; neither expired nor used up. */
function openLink(world: World, tokenOrUrl: string): LinkToken {
  const link = [...world.linkTokens.values()].find(
    ({ token, hostedUrl }) => token === tokenOrUrl || hostedUrl === tokenOrUrl,
  );
  if (link === undefined) throw new Error(`there is no link token ${tokenOrUrl}`);
  if (link.expiresAt <= world.clock.now()) throw new Error('the link token has expired');
  if (link.sessions.some(({ result }) => result !== null)) {
    throw new Error('the link token was used already');
  }
  return link;
}

function addItem(world: World, link: LinkToken, choice: LinkChoice): Item {
  if (choice.loginId === undefined) throw new Error('whose login is it?');
  const login = findLogin(world, choice.loginId);
  return createItem(world, {
    login,
    accounts: login.accounts.filter((account) => account.open && isChosen(account.id, choice)),
    products: link.products,
    webhook: link.webhook,
    daysRequested: link.daysRequested,
  });
}

function update(world: World, link: LinkToken, choice: LinkChoice): Item {
  const item = findItem(world, link.updates?.itemId ?? '');
  repairLogin(world, item, choice.tellsLoginRepaired ?? false);
  if (link.updates?.accountSelection === true) {
    const { accounts } = findLogin(world, item.loginId);
    item.accounts = item.accounts.filter(({ bankAccountId }) => isChosen(bankAccountId, choice));
    shareAccounts(
      world,
      item,
      accounts.filter((account) => account.open && isChosen(account.id, choice)),
    );
    pull(world, item);
  }
  return item;
}

function isChosen(bankAccountId: string, { bankAccountIds }: LinkChoice): boolean {
  return bankAccountIds === undefined || bankAccountIds.includes(bankAccountId);
}

function addSession(
  world: World,
  link: LinkToken,
  events: readonly string[],
  outcome: Pick<LinkSession, 'result' | 'exit'>,
): LinkSession {
  const now = world.clock.now();
  const session: LinkSession = {
    id: randomUUID(),
    startedAt: now,
    finishedAt: now,
    ...outcome,
    events: events.map((name) => ({ id: randomUUID(), name, at: now })),
  };
  link.sessions.push(session);
  return session;
}
