import { followLines } from './follow-lines.ts';

export interface SyncLinesOptions {
  /** The worker's log. */
  readonly file: string;
  /** What to call an account, by its id. */
  readonly label: (accountId: string) => Promise<string>;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the worker logs about a sync. */
interface SyncFinished {
  readonly time: string;
  readonly accountId: string;
  readonly product: string;
  readonly triggers: readonly string[];
  readonly outcome: 'succeeded' | 'failed';
  readonly added?: number;
  readonly changed?: number;
  readonly removed?: number;
  readonly errorCode?: string;
}

/** Prints one quiet line for each sync that the worker logs, until `signal` fires. */
export async function printSyncs(options: SyncLinesOptions): Promise<void> {
  for await (const line of followLines(options.file, options.signal)) {
    const sync = parse(line);
    if (sync === undefined) continue;
    const label = await options.label(sync.accountId);
    if (!options.signal.aborted) options.write(syncLine(sync, label));
  }
}

/** As `12:01:05  Cowrie Trust savings ••1234  transaction  webhook  changed +1`. */
export function syncLine(sync: SyncFinished, label: string): string {
  const columns = [
    new Date(sync.time).toLocaleTimeString('en-GB'),
    label.padEnd(30),
    sync.product.padEnd(11),
    sync.triggers.join('+').padEnd(9),
    result(sync),
  ];
  return `${columns.join('  ')}\n`;
}

function result({ outcome, added, changed, removed, errorCode }: SyncFinished): string {
  if (outcome === 'failed') return `failed (${errorCode ?? 'unknown'})`;
  const counts = [
    added ? `+${added}` : '',
    changed ? `~${changed}` : '',
    removed ? `-${removed}` : '',
  ].filter((count) => count !== '');
  return counts.length === 0 ? 'unchanged' : `changed ${counts.join(' ')}`;
}

function parse(line: string): SyncFinished | undefined {
  if (!line.includes('"sync finished"')) return undefined;
  try {
    const entry = JSON.parse(line) as { msg?: string };
    return entry.msg === 'sync finished' ? (entry as SyncFinished) : undefined;
  } catch {
    return undefined;
  }
}
