import { CountryCode, Products } from 'plaid';
import { z } from 'zod';

/** "Cannot be longer than 21 days." */
const LONGEST_SECONDS = 21 * 24 * 3600;

const products = z.array(z.enum(Products)).nullish();

/** What belongs to products that the fake does not have is taken as it comes. */
const any = z.unknown().optional();

export const linkTokenInput = z.strictObject({
  client_name: z.string().min(1).max(30),
  language: z.string().min(1),
  country_codes: z.array(z.enum(CountryCode)).min(1),
  user: z.looseObject({ client_user_id: z.string().min(1) }).optional(),
  user_id: z.string().optional(),
  products,
  required_if_supported_products: products,
  optional_products: products,
  additional_consented_products: products,
  webhook: z.url().optional(),
  access_token: z.string().nullish(),
  redirect_uri: z.string().optional(),
  hosted_link: z
    .strictObject({
      delivery_method: z.enum(['sms', 'email']).optional(),
      completion_redirect_uri: z.string().optional(),
      url_lifetime_seconds: z.int().min(1).max(LONGEST_SECONDS).optional(),
      is_mobile_app: z.boolean().optional(),
    })
    .optional(),
  transactions: z.strictObject({ days_requested: z.int().min(1).max(730).optional() }).optional(),
  update: z
    .strictObject({
      account_selection_enabled: z.boolean().optional(),
      reauthorization_enabled: z.boolean().optional(),
      user: z.boolean().optional(),
      item_ids: z.array(z.string()).nullish(),
    })
    .optional(),
  account_filters: any,
  access_tokens: any,
  android_package_name: any,
  appearance_mode: any,
  auth: any,
  base_report: any,
  card_switch: any,
  cashflow_report: any,
  consumer_report_permissible_purpose: any,
  cra_enabled: any,
  cra_options: any,
  credit_partner_insights: any,
  employment: any,
  enable_multi_item_link: any,
  eu_config: any,
  financekit_supported: any,
  identity: any,
  identity_verification: any,
  income_verification: any,
  institution_data: any,
  institution_id: any,
  investments: any,
  investments_auth: any,
  link_customization_name: any,
  payment_configuration: any,
  payment_initiation: any,
  statements: any,
  third_party_user_token: any,
  transfer: any,
  user_token: any,
});
