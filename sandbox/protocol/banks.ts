import { z } from 'zod';
import { bankById, banks } from '../institution/banks.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { id } from './fields.ts';
import { unknownId } from './protocol-error.ts';
import { bankShape } from './shapes/bank.ts';

/** `banks/…`, asked with GET. */
export const bankEndpoints: readonly Endpoint[] = [
  endpoint(
    'banks/list',
    z.strictObject({}),
    () => ({ message: 'Banks retrieved successfully', data: { banks: banks.map(bankShape) } }),
    ['GET'],
  ),
  endpoint(
    'banks/getById',
    z.strictObject({ id }),
    (_bank, input) => {
      if (!banks.some(({ id: known }) => known === input.id)) throw unknownId('id');
      return {
        message: 'Bank retrieved successfully',
        data: { bank: bankShape(bankById(input.id)) },
      };
    },
    ['GET'],
  ),
];
