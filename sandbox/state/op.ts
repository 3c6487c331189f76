import type { ClockState } from '../clock.ts';
import type { ExtractedProducts } from '../extraction/apply-extraction.ts';
import type { BalanceSnapshot, Entry } from '../extraction/extracted-account.ts';
import type { ExtractionRecord, RecordError } from '../extraction/record.ts';
import type { AccountDetails, Customer, Funds, Transaction } from '../institution/types.ts';
import type { RandomState } from '../random.ts';
import type { Settings } from '../settings.ts';
import type { Progress, Webhook } from '../webhooks/webhook.ts';

/** One change of the bank's state. Everything that must survive a restart happens through these. */
export type Op =
  | { readonly op: 'clock'; readonly state: ClockState }
  | { readonly op: 'random'; readonly path: string; readonly state: RandomState }
  | { readonly op: 'settings'; readonly settings: Settings }
  | { readonly op: 'customer'; readonly customer: Customer }
  | { readonly op: 'account'; readonly details: AccountDetails }
  | { readonly op: 'funds'; readonly account: string; readonly funds: Funds }
  | {
      readonly op: 'transactions';
      readonly account: string;
      readonly transactions: readonly Transaction[];
    }
  | {
      readonly op: 'removal';
      readonly account: string;
      readonly id: string;
      readonly at: number;
    }
  | { readonly op: 'record'; readonly record: ExtractionRecord }
  | {
      readonly op: 'extract';
      readonly record: string;
      readonly account: string;
      readonly products: ExtractedProducts;
      readonly at: number;
    }
  | {
      readonly op: 'record_end';
      readonly record: string;
      readonly at: number;
      readonly error: RecordError | null;
    }
  | { readonly op: 'webhook'; readonly webhook: Webhook }
  | { readonly op: 'webhook_progress'; readonly id: string; readonly progress: Progress }
  // The two below are found in snapshots only.
  | { readonly op: 'entries'; readonly account: string; readonly entries: readonly Entry[] }
  | {
      readonly op: 'extracted';
      readonly account: string;
      readonly balance: BalanceSnapshot | null;
      readonly transactionsRecord: string | null;
      readonly transactionsAt: number;
      readonly records: readonly string[];
    };
