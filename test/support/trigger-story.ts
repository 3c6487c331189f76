import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { Product } from '../../config/product.ts';
import type { RecordedRun } from './run-chain.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** What asks for a sync of a product, and the syncs themselves, in the order of the server's history. */
export type Story = readonly { readonly what: 'trigger' | 'sync'; readonly product: Product }[];

/** Reads the story of an account out of all runs of its workflow. */
export function storyOf(runs: readonly RecordedRun[]): Story {
  const events = runs.flatMap(({ history }) => history.events ?? []);
  let current = { version: 0, paused: false };
  return events.flatMap((event) => {
    const told = settingsIn(event);
    // Settings may arrive out of their order: older ones change nothing.
    const settings = told && told.version >= current.version ? told : null;
    const isResumed = current.paused && settings?.paused === false;
    if (settings) current = settings;
    const asked = isResumed ? (settings?.products ?? []) : askedFor(event);
    return [
      ...asked.map((product) => ({ what: 'trigger', product }) as const),
      ...begun(event).map((product) => ({ what: 'sync', product }) as const),
    ];
  });
}

interface Settings {
  readonly version: number;
  readonly paused: boolean;
  readonly products: Product[];
}

function settingsIn(event: HistoryEvent): Settings | null {
  const message = messageIn(event);
  const isSettings = message?.name === 'applySettings' || message?.name === 'settingsChanged';
  return isSettings ? (message.input as Settings) : null;
}

function askedFor(event: HistoryEvent): Product[] {
  const message = messageIn(event);
  if (!message) return [];
  switch (message.name) {
    case 'webhookStored':
    case 'refreshRequested':
    case 'refresh':
      return (message.input as { products: Product[] }).products;
    default:
      return [];
  }
}

function begun(event: HistoryEvent): Product[] {
  switch (event.activityTaskScheduledEventAttributes?.activityType?.name ?? '') {
    case 'syncBalance':
      return ['balance'];
    case 'syncTransactions':
      return ['transaction'];
    case 'syncAccount':
      return ['balance', 'transaction'];
    default:
      return [];
  }
}

/** A signal, or an update that the workflow has accepted. */
function messageIn(event: HistoryEvent): { name: string; input: unknown } | null {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    return { name: signal.signalName ?? '', input: decode(signal.input?.payloads?.[0]) };
  }
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  if (update) return { name: update.name ?? '', input: decode(update.args?.payloads?.[0]) };
  return null;
}

function decode(payload: Payload | undefined): unknown {
  return payload?.data ? JSON.parse(Buffer.from(payload.data).toString()) : undefined;
}
