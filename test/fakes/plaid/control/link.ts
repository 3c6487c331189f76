import type { Products } from 'plaid';
import type { PlaidErrorCode } from '../errors/codes.ts';
import { findLogin } from '../find.ts';
import { createItem } from '../items/create-item.ts';
import {
  abandonLink,
  finishLink,
  type FinishedLink,
  type LinkChoice,
} from '../link/finish-link.ts';
import type { World } from '../world.ts';

/** The user in Link. A link is named by its token or by its hosted URL. */
export interface LinkControl {
  finishLink(tokenOrUrl: string, choice: LinkChoice): FinishedLink;
  /** Returns the session's id. */
  abandonLink(tokenOrUrl: string, error?: PlaidErrorCode): string;
  /** An item without any of Link's calls or webhooks: for tests of what comes after it. */
  linkItem(asked: {
    readonly loginId: string;
    readonly products?: readonly `${Products}`[];
    readonly webhook?: string | null;
    readonly daysRequested?: number;
  }): { readonly itemId: string; readonly accessToken: string };
}

export function createLinkControl(world: World, webhookUrl: string | null): LinkControl {
  return {
    finishLink: (tokenOrUrl, choice) => finishLink(world, tokenOrUrl, choice),
    abandonLink: (tokenOrUrl, error) => abandonLink(world, tokenOrUrl, error ?? null),
    linkItem(asked) {
      const login = findLogin(world, asked.loginId);
      const item = createItem(world, {
        login,
        accounts: login.accounts.filter(({ open }) => open),
        products: asked.products ?? ['transactions'],
        webhook: asked.webhook === undefined ? webhookUrl : asked.webhook,
        daysRequested: asked.daysRequested ?? 730,
      });
      return { itemId: item.id, accessToken: item.accessToken };
    },
  };
}
