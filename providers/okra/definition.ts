import { z } from 'zod';
import { defineProvider } from '../definition.ts';
import { createOkraProvider } from './provider.ts';

export const okra = defineProvider({
  name: 'okra',
  required: {
    BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }),
    SECRET_KEY: z.string().min(1),
    WEBHOOK_TOKEN: z.string().min(16, 'must have at least 16 characters'),
  },
  optional: {},
  create: ({ BASE_URL: baseUrl, SECRET_KEY: secretKey, WEBHOOK_TOKEN: webhookToken }) =>
    createOkraProvider({ baseUrl, secretKey, webhookToken }),
});
