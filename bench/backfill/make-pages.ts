import type { ProviderTransaction, TransactionsPage } from '../../providers/provider.ts';
import { createRandom, type Random } from '../support/random.ts';

const NEWEST = Date.parse('2026-10-31T20:00:00.000Z');
const SPACING_MS = 17 * 60_000;
const DAY_MS = 86_400_000;
const SHOPS = ['MAMA TITI STORES', 'IKEJA ELECTRIC', 'SHOPRITE LEKKI', 'JUMIA', 'TOTAL ENERGIES'];
const PEOPLE = ['Adaeze Okafor', 'Tunde Bakare', 'Ngozi Eze', 'Yusuf Danjuma', 'Bimpe Ojo'];
const CATEGORIES = ['groceries', 'utilities', 'transfers', 'fuel', 'salary', null];
const CHANNELS = ['POS', 'WEB', 'USSD', 'NIP', 'ATM'];

/** Pages of an account's history, newest first; each item's raw JSON is of about 1 KB. */
export function makePages(options: {
  readonly seed: number;
  readonly rows: number;
  readonly pageSize: number;
}): TransactionsPage[] {
  const random = createRandom(options.seed);
  const account = random.hex(24);
  const pages: TransactionsPage[] = [];
  for (let start = 0; start < options.rows; start += options.pageSize) {
    const length = Math.min(options.pageSize, options.rows - start);
    const upserts = Array.from({ length }, (_, index) =>
      makeTransaction(random, account, start + index),
    );
    pages.push({ upserts, rejected: [], removed: [] });
  }
  return pages;
}

function makeTransaction(random: Random, account: string, age: number): ProviderTransaction {
  const at = NEWEST - age * SPACING_MS - random.below(SPACING_MS);
  const transactedAt = new Date(at).toISOString();
  const pending = age < 40 && random.below(2) === 0;
  const bookedAt = pending ? null : new Date(at + random.below(2 * DAY_MS)).toISOString();
  const amount = `${random.below(2_000_000)}.${String(random.below(100)).padStart(2, '0')}`;
  const debit = random.below(3) > 0;
  const runningBalance = `${random.below(90_000_000)}.${String(random.below(100)).padStart(2, '0')}`;
  const id = random.hex(24);
  const channel = random.pick(CHANNELS);
  const counterparty = random.below(2) === 0 ? random.pick(SHOPS) : random.pick(PEOPLE);
  const category = random.pick(CATEGORIES);
  const reference = random.hex(30);
  const description = `${channel}/${counterparty}/${reference}`;
  const raw = {
    _id: id,
    debit: debit ? Number(amount) : null,
    credit: debit ? null : Number(amount),
    currency: 'NGN',
    balance: Number(runningBalance),
    trans_date: transactedAt,
    cleared_date: bookedAt,
    unformatted_trans_date: transactedAt,
    unformatted_cleared_date: bookedAt,
    branch: random.pick(['Lekki Phase 1', 'Marina', 'Wuse II', 'Bodija']),
    ref: reference,
    code: random.hex(12),
    benefactor: counterparty,
    notes: { desc: description, topics: [category], places: [], people: [counterparty] },
    location: { latitude: 6 + random.below(1e6) / 1e6, longitude: 3 + random.below(1e6) / 1e6 },
    account,
    bank: random.hex(24),
    customer: random.hex(24),
    env: 'production',
    record: [random.hex(24), random.hex(24), random.hex(24)],
    meta: { channel, terminal: random.hex(8), session: random.hex(64), score: random.below(1000) },
    created_at: transactedAt,
    last_updated: bookedAt ?? transactedAt,
  };
  return {
    providerTransactionId: id,
    status: pending ? 'pending' : 'posted',
    amount: debit ? `-${amount}` : amount,
    currency: 'NGN',
    description,
    counterparty,
    category,
    transactedAt,
    bookedAt,
    valueDate: bookedAt?.slice(0, 10) ?? null,
    runningBalance,
    pendingProviderTransactionId: null,
    providerUpdatedAt: raw.last_updated,
    raw: JSON.stringify(raw),
  };
}
