import type { WebhookVerificationKeyGetResponse } from 'plaid';
import { z } from 'zod';
import { ApiError } from '../../errors/api-error.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';

export const webhookVerificationKeyGet = endpoint(
  '/webhook_verification_key/get',
  z.strictObject({ key_id: z.string() }),
  (world, input): Wire<Omit<WebhookVerificationKeyGetResponse, 'request_id'>> => {
    const key = world.keys.find(input.key_id);
    if (key === null) throw new ApiError('INVALID_WEBHOOK_VERIFICATION_KEY_ID');
    return {
      key: {
        alg: 'ES256',
        crv: key.publicJwk.crv ?? '',
        kid: key.kid,
        kty: 'EC',
        use: 'sig',
        x: key.publicJwk.x ?? '',
        y: key.publicJwk.y ?? '',
        created_at: key.createdAt,
        expired_at: key.expiredAt,
      },
    };
  },
);
