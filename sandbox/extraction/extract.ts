import type { Account } from '../institution/account.ts';
import type { World } from '../state/world.ts';
import type { ExtractedProducts } from './apply-extraction.ts';
import type { CallbackMethod, ExtractionRecord, RecordError } from './record.ts';

/** What an extraction is to cover: accounts of one login. */
export interface ExtractionPlan {
  readonly method: CallbackMethod;
  readonly source: ExtractionRecord['source'];
  readonly customerId: string;
  readonly bankId: string;
  readonly accounts: readonly Account[];
}

/** Makes a record of an extraction that runs from now on. */
export function startRecord(world: World, plan: ExtractionPlan): ExtractionRecord {
  const customer = world.state.customers.get(plan.customerId);
  const id = world.random(`customer/${customer?.number ?? 0}/records`).objectId();
  world.apply({
    op: 'record',
    record: {
      id,
      method: plan.method,
      source: plan.source,
      customerId: plan.customerId,
      bankId: plan.bankId,
      accountIds: plan.accounts.map(({ details }) => details.id),
      startedAt: world.tick(),
      endedAt: null,
      status: 'running',
      error: null,
      changed: new Map(),
      removed: [],
      balances: new Map(),
    },
  });
  const record = world.state.records.get(id);
  if (record === undefined) throw new Error('the record was not made');
  return record;
}

/** Extracts the record's accounts as they are at the institution now, and ends it. */
export function finishRecord(
  world: World,
  record: ExtractionRecord,
  products: ExtractedProducts,
): void {
  const at = world.tick();
  for (const account of record.accountIds) {
    world.apply({ op: 'extract', record: record.id, account, products, at });
  }
  world.apply({ op: 'record_end', record: record.id, at, error: null });
}

/** Ends a record that could not be extracted. */
export function failRecord(world: World, record: ExtractionRecord, error: RecordError): void {
  world.apply({ op: 'record_end', record: record.id, at: world.tick(), error });
}

/** An extraction of balances and transactions at once, as a bank's own schedule runs it. */
export function extractNow(world: World, plan: ExtractionPlan): ExtractionRecord {
  const record = startRecord(world, plan);
  finishRecord(world, record, { balance: true, transactions: true });
  return record;
}
