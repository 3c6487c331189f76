import {
  CountryCode,
  Products,
  type InstitutionsGetByIdResponse,
  type InstitutionsGetResponse,
} from 'plaid';
import { z } from 'zod';
import { ApiError } from '../../errors/api-error.ts';
import type { Wire } from '../../wire.ts';
import { endpoint } from '../endpoint.ts';
import { institutionShape } from '../shapes/institution.ts';

const countries = z.array(z.enum(CountryCode)).min(1);

export const institutionsGet = endpoint(
  '/institutions/get',
  z.strictObject({
    count: z.int().min(1).max(500),
    offset: z.int().min(0),
    country_codes: countries,
    options: z
      .strictObject({
        products: z.array(z.enum(Products)).nullish(),
        routing_numbers: z.array(z.string()).nullish(),
        oauth: z.boolean().nullish(),
        include_optional_metadata: z.boolean().optional(),
        include_auth_metadata: z.boolean().optional(),
        include_payment_initiation_metadata: z.boolean().optional(),
      })
      .optional(),
  }),
  (world, input): Wire<Omit<InstitutionsGetResponse, 'request_id'>> => {
    const asked: readonly string[] = input.country_codes;
    const there = [...world.institutions.values()].filter((institution) =>
      institution.countries.some((country) => asked.includes(country)),
    );
    const some = there.slice(input.offset, input.offset + input.count);
    return { institutions: some.map(institutionShape), total: there.length };
  },
);

export const institutionsGetById = endpoint(
  '/institutions/get_by_id',
  z.strictObject({
    institution_id: z.string(),
    country_codes: countries,
    options: z
      .strictObject({
        include_optional_metadata: z.boolean().optional(),
        include_status: z.boolean().optional(),
        include_auth_metadata: z.boolean().optional(),
        include_payment_initiation_metadata: z.boolean().optional(),
      })
      .optional(),
  }),
  (world, input): Wire<Omit<InstitutionsGetByIdResponse, 'request_id'>> => {
    const institution = world.institutions.get(input.institution_id);
    if (institution === undefined) throw new ApiError('INVALID_INSTITUTION');
    return { institution: institutionShape(institution) };
  },
);
