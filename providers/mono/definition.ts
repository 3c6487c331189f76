import { z } from 'zod';
import { defineProvider } from '../definition.ts';
import { createMonoProvider } from './provider.ts';
import { monoSettings } from './settings.ts';

/** What HTTP allows in a header, so that a bad key fails here and not as a network error at every call. */
const visible = /^[\x21-\x7e]+$/;
const VISIBLE = 'must be visible ASCII characters without spaces';

const onDemand = z
  .enum(['never', 'asked', 'always'], { error: 'must be never, asked or always' })
  .default('never');

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional();

export const mono = defineProvider({
  name: 'mono',
  required: {
    SECRET_KEY: z.string().regex(visible, VISIBLE),
    // Whoever guesses it can tell any balance.
    WEBHOOK_SECRET: z.string().regex(visible, VISIBLE).min(8, 'must have at least 8 characters'),
  },
  optional: {
    BASE_URL: httpUrl,
    REDIRECT_URL: httpUrl,
    REALTIME_BALANCE: onDemand,
    REALTIME_TRANSACTIONS: onDemand,
  },
  create: (settings) =>
    createMonoProvider(
      monoSettings({
        secretKey: settings.SECRET_KEY,
        webhookSecret: settings.WEBHOOK_SECRET,
        baseUrl: settings.BASE_URL,
        redirectUrl: settings.REDIRECT_URL,
        realtimeBalance: settings.REALTIME_BALANCE,
        realtimeTransactions: settings.REALTIME_TRANSACTIONS,
      }),
    ),
});
