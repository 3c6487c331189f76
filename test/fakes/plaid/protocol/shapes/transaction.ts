import type { Location, PaymentMeta, Transaction } from 'plaid';
import type { LogEntry } from '../../items/types.ts';
import { wireAmount, type Wire } from '../../wire.ts';

const NO_LOCATION: Wire<Location> = {
  address: null,
  city: null,
  region: null,
  postal_code: null,
  country: null,
  lat: null,
  lon: null,
  store_number: null,
};

const NO_PAYMENT_META: Wire<PaymentMeta> = {
  reference_number: null,
  ppd_id: null,
  payee: null,
  by_order_of: null,
  payer: null,
  payment_method: null,
  payment_processor: null,
  reason: null,
};

export function transactionShape(
  { accountId, transactionId, pendingTransactionId, transaction }: LogEntry,
  withOriginalDescription: boolean,
): Wire<Transaction> {
  const { currency, category, merchantName } = transaction;
  return {
    account_id: accountId,
    account_owner: null,
    amount: wireAmount(transaction.amount),
    iso_currency_code: currency.iso,
    unofficial_currency_code: currency.unofficial,
    check_number: transaction.checkNumber,
    counterparties:
      merchantName === null
        ? []
        : [{ name: merchantName, type: 'merchant', website: null, logo_url: null }],
    date: transaction.date,
    datetime: transaction.datetime,
    authorized_date: transaction.authorizedDate,
    authorized_datetime: null,
    location: NO_LOCATION,
    name: transaction.name,
    merchant_name: merchantName,
    merchant_entity_id: null,
    logo_url: null,
    website: null,
    ...(withOriginalDescription && { original_description: transaction.originalDescription }),
    payment_meta: NO_PAYMENT_META,
    payment_channel: transaction.paymentChannel,
    pending: transaction.pending,
    pending_transaction_id: pendingTransactionId,
    personal_finance_category:
      category === null ? null : { ...category, confidence_level: 'VERY_HIGH' },
    transaction_id: transactionId,
    transaction_code: transaction.code,
    transaction_type: 'unresolved',
  };
}
