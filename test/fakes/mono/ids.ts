import { randomBytes } from 'node:crypto';

/** Like Mono's: 24 hex digits. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}

/** Such as `ALGSTO222222WE`, the last part of a link's address. */
export function newLinkName(): string {
  return `AL${randomBytes(6).toString('hex').toUpperCase()}`;
}

export function newCode(): string {
  return `code_${randomBytes(10).toString('hex')}`;
}

export function newEventId(): string {
  return randomBytes(27).toString('base64url');
}
