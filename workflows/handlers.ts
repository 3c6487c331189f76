import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Product } from '../config/product.ts';
import {
  askFor,
  deadline,
  pauseReason,
  statusOf,
  stillBecause,
  takeSettings,
  type AccountSyncState,
} from './account-state.ts';
import { isoOrNull } from './iso.ts';
import * as messages from './messages.ts';
import type { Rounds } from './rounds.ts';

/** Answers every message of the contract. Handlers change the state; the lanes do the work. */
export function handleMessages(state: AccountSyncState, rounds: Rounds): void {
  setHandler(messages.webhookStored, ({ products }) => {
    if (products.includes('connection')) state.connectionDue = true;
    askFor(
      state,
      products.filter((name) => name !== 'connection'),
      'webhook',
    );
  });
  setHandler(messages.connectionChanged, () => {
    state.connectionDue = true;
  });
  setHandler(messages.settingsChanged, (settings) => takeSettings(state, settings, Date.now()));
  setHandler(messages.refreshRequested, ({ products, full, trigger }) =>
    askFor(state, products, trigger, full),
  );
  setHandler(messages.unlinked, () => {
    state.unlinked = true;
  });
  setHandler(messages.applySettings, (settings) => {
    takeSettings(state, settings, Date.now());
    return {
      version: state.settings.version,
      status: statusOf(state),
      pauseReason: pauseReason(state),
      nextSyncAt: isoOrNull(deadline(state)),
    };
  });
  setHandler(messages.refresh, ({ products, full }) => rounds.refresh(products, full), {
    validator: ({ products }: { products: readonly Product[] }) => {
      const reason = stillBecause(state);
      if (reason) throw ApplicationFailure.nonRetryable(`paused: ${reason}`, 'paused', reason);
      const off = products.find((name) => !state.settings.products.includes(name));
      if (off) throw ApplicationFailure.nonRetryable(`${off} is not kept`, 'product_off', off);
      if (rounds.isFull()) {
        throw ApplicationFailure.nonRetryable('too many wait', messages.FULL, messages.FULL);
      }
    },
  });
  setHandler(messages.state, () => ({
    status: statusOf(state),
    pauseReason: pauseReason(state),
    settings: state.settings,
    products: state.products,
    syncing: [...rounds.syncing],
    nextSyncAt: isoOrNull(deadline(state)),
  }));
}
