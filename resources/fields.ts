import { z } from 'zod';
import { PRODUCTS } from '../config/product.ts';

export const id = z.string().meta({ format: 'uuid' });

export const timestamp = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC' });

export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('Exact decimal number, as text.');

export const product = z.enum(PRODUCTS);
