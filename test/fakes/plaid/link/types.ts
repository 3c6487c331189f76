import type { Products } from 'plaid';
import type { PlaidErrorCode } from '../errors/codes.ts';

export interface LinkToken {
  readonly token: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly hostedUrl: string | null;
  readonly clientName: string;
  readonly language: string;
  readonly countryCodes: readonly string[];
  readonly products: readonly `${Products}`[];
  readonly webhook: string | null;
  readonly redirectUri: string | null;
  readonly userId: string | null;
  readonly daysRequested: number;
  /** In update mode: the item that it repairs. */
  readonly updates: { readonly itemId: string; readonly accountSelection: boolean } | null;
  readonly sessions: LinkSession[];
}

export interface LinkSession {
  readonly id: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Null when the user left. */
  readonly result: { readonly itemId: string; readonly publicToken: string | null } | null;
  readonly exit: { readonly error: PlaidErrorCode | null; readonly status: string } | null;
  readonly events: readonly LinkSessionEvent[];
}

export interface LinkSessionEvent {
  readonly id: string;
  readonly name: string;
  readonly at: number;
}

export interface PublicToken {
  readonly token: string;
  readonly itemId: string;
  readonly expiresAt: number;
  used: boolean;
}
