import { z } from 'zod';
import { defineProvider } from '../definition.ts';
import { createPlaidProvider } from './provider.ts';
import { ENVIRONMENTS, plaidSettings } from './settings.ts';

const DAYS = 'must be a whole number from 1 to 730';

/** What HTTP allows in a header, so that a bad key fails here and not as a network error at every call. */
const key = z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces');
const onDemand = z
  .enum(['never', 'asked', 'always'], { error: 'must be never, asked or always' })
  .default('never');

export const plaid = defineProvider({
  name: 'plaid',
  required: { CLIENT_ID: key, SECRET: key },
  optional: {
    ENVIRONMENT: z
      .enum(ENVIRONMENTS, { error: `must be ${ENVIRONMENTS.join(' or ')}` })
      .default('production'),
    BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    DAYS_REQUESTED: z.coerce
      .number({ error: DAYS })
      .int(DAYS)
      .min(1, DAYS)
      .max(730, DAYS)
      .default(730),
    REALTIME_BALANCE: onDemand,
    TRANSACTIONS_REFRESH: onDemand,
    CLIENT_NAME: z
      .string()
      .max(30, 'must have at most 30 characters: Link shows a longer one as "This Application"')
      .default('Freshet'),
    LANGUAGE: z
      .string()
      .regex(/^[a-z]{2}$/, 'must be a language of Link, such as en')
      .default('en'),
    COUNTRY_CODES: z
      .string()
      .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, 'must be country codes such as US,CA')
      .default('US')
      .transform((list) => list.split(',')),
  },
  create: (settings) =>
    createPlaidProvider(
      plaidSettings({
        clientId: settings.CLIENT_ID,
        secret: settings.SECRET,
        environment: settings.ENVIRONMENT,
        baseUrl: settings.BASE_URL,
        daysRequested: settings.DAYS_REQUESTED,
        realtimeBalance: settings.REALTIME_BALANCE,
        transactionsRefresh: settings.TRANSACTIONS_REFRESH,
        clientName: settings.CLIENT_NAME,
        language: settings.LANGUAGE,
        countryCodes: settings.COUNTRY_CODES,
      }),
    ),
});
