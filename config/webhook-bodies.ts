/**
 * How the bodies of webhooks are kept: `encrypted` for as long as the webhook is, `plain` likewise, or
 * `redacted`: encrypted until it has taken effect, and not at all from then on.
 */
export const WEBHOOK_BODIES = ['encrypted', 'plain', 'redacted'] as const;
export type WebhookBodies = (typeof WEBHOOK_BODIES)[number];
