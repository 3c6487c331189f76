import { z } from 'zod';
import { loginStateOf } from '../institution/login.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { id } from './fields.ts';
import { consentWithdrawn, unknownId } from './protocol-error.ts';
import { recordShape } from './shapes/record.ts';

/** `products/records/get`. */
export const recordEndpoints: readonly Endpoint[] = [
  endpoint('products/records/get', z.strictObject({ record_id: id }), ({ world }, input) => {
    const record = world.state.records.get(input.record_id);
    if (record === undefined) throw unknownId('record_id');
    if (loginStateOf(world, record) === 'revoked') throw consentWithdrawn();
    return {
      message: 'Records retrieved successfully',
      data: { records: [recordShape(record)] },
    };
  }),
];
