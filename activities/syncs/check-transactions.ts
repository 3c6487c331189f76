import type { ProviderTransaction, RejectedItem } from '../../providers/provider.ts';

const MOST_CHARACTERS = { id: 200, text: 20_000 };
const MOST_RAW_CHARACTERS = 1_000_000;
/** Far enough for any bank's books; a year of five digits is a mistake. */
const EARLIEST = '1900-01-01';
const LATEST = '2200-01-01';

/** ISO 4217's codes for funds and units of account, which the runtime's list leaves out. */
const FUNDS = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW', 'VED', 'XAD', 'XUA'];

/** ISO 4217's code for no currency, which providers write where a bank names none, or none of ISO's. */
const NO_CURRENCY = 'XXX';

const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), ...FUNDS, NO_CURRENCY]);

/** Parts what can be stored from what cannot, whatever the provider. */
export function checkTransactions(transactions: readonly ProviderTransaction[]): {
  readonly sound: readonly ProviderTransaction[];
  readonly rejected: readonly RejectedItem[];
} {
  const sound: ProviderTransaction[] = [];
  const rejected: RejectedItem[] = [];
  for (const transaction of transactions) {
    const reason = fault(transaction);
    if (reason === null) sound.push(transaction);
    else {
      const { providerTransactionId, raw } = transaction;
      const providerId = isPlain(providerTransactionId, MOST_CHARACTERS.id)
        ? providerTransactionId
        : null;
      rejected.push({ providerId, reason, raw });
    }
  }
  return { sound, rejected };
}

function fault(transaction: ProviderTransaction): string | null {
  const { providerTransactionId: id, currency, description, counterparty, category } = transaction;
  if (id === '' || !isPlain(id, MOST_CHARACTERS.id)) return 'invalid_id';
  if (!CURRENCIES.has(currency)) return 'unknown_currency';
  const texts = { description, counterparty, category };
  for (const [field, text] of Object.entries(texts)) {
    if (text !== null && text.length > MOST_CHARACTERS.text) return `${field}_too_long`;
    if (text !== null && !isPlain(text, MOST_CHARACTERS.text)) return `${field}_not_text`;
  }
  const { transactedAt, bookedAt, providerUpdatedAt } = transaction;
  if ([transactedAt, bookedAt, providerUpdatedAt].some((time) => time !== null && !isSane(time))) {
    return 'date_out_of_range';
  }
  return transaction.raw.length > MOST_RAW_CHARACTERS ? 'too_large' : null;
}

/** What Postgres can hold as text: no NUL, no half of a surrogate pair. */
function isPlain(text: string, most: number): boolean {
  return text.length <= most && text.isWellFormed() && !text.includes('\0');
}

function isSane(time: string): boolean {
  return time >= EARLIEST && time < LATEST;
}
