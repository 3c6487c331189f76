import { newId } from './ids.ts';
import { defaultSettings, type Settings } from './settings.ts';
import type { Account, Code, Customer, Job, Link } from './types.ts';

/** Everything that the fake holds. */
export interface World {
  readonly settings: Settings;
  readonly customers: Map<string, Customer>;
  readonly accounts: Map<string, Account>;
  /** By address. */
  readonly links: Map<string, Link>;
  readonly codes: Map<string, Code>;
  readonly jobs: Map<string, Job>;
  /** The operator's business and app, as the webhooks name them. */
  readonly business: string;
  readonly app: string;
  secretKey: string;
  /** Milliseconds since 1970. */
  now(): number;
}

export function createWorld(secretKey: string, now: () => number): World {
  return {
    settings: defaultSettings(),
    customers: new Map(),
    accounts: new Map(),
    links: new Map(),
    codes: new Map(),
    jobs: new Map(),
    business: newId(),
    app: newId(),
    secretKey,
    now,
  };
}

/** @throws when a test names an account that was never made. */
export function accountOf(world: World, id: string): Account {
  const account = world.accounts.get(id);
  if (account === undefined) throw new Error(`the fake of Mono has no account ${id}`);
  return account;
}
