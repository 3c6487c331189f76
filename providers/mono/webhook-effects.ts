import type { Product } from '../../config/product.ts';
import type { LosslessDocument } from '../json.ts';
import type { TranslatedWebhook, WebhookEffect } from '../provider.ts';
import { wantsLogin, wordIn } from './data-status.ts';
import type { MonoEvent } from './event.ts';
import { jobState } from './job.ts';
import { updatedEffects } from './updated-effects.ts';

type Said = Pick<TranslatedWebhook, 'effects' | 'understood'>;

const understood = (...effects: readonly WebhookEffect[]): Said => ({ effects, understood: true });

/** What an event asks of us. */
export function effectsOf(event: MonoEvent, document: LosslessDocument): Said {
  const said = knownEffects(event, document);
  const tellsNobody = said.understood && event.account === null;
  const isUnclear = said.effects.some(({ kind }) => kind === 'unclear');
  return tellsNobody || isUnclear ? { ...said, understood: false } : said;
}

function knownEffects(event: MonoEvent, document: LosslessDocument): Said {
  switch (event.name) {
    case 'account_connected':
      return understood(...linkEffects(event));
    case 'account_updated':
      return understood(...linkEffects(event), ...updatedEffects(event, document));
    case 'jobs.update':
      return jobEffects(event);
    case 'account_reauthorized':
    case 'account_reauthorised':
      return understood({ kind: 'reauthorized' }, ...linkEffects(event));
    case 'account_unlinked':
      return understood({ kind: 'revoked' });
    case 'reauthorisation_required':
    case 'reauthorization_required':
      return understood({ kind: 'reauth_required' });
    // A read now would find what there was before.
    case 'sync_failed':
      return understood();
    default:
      return { effects: [], understood: false };
  }
}

/**
 * The session that the account was linked in. `account_connected` names it in the newest of its three documented
 * shapes alone; `account_updated`, which follows, does in all.
 */
function linkEffects({ ref, account }: MonoEvent): WebhookEffect[] {
  if (ref === null || account === null) return [];
  return [{ kind: 'link', session: ref, state: 'finished', links: [{ account_id: account }] }];
}

/** `status` is a job's, or in the words of the changelog of September 2024 how its sync went. */
function jobEffects({ data }: MonoEvent): Said {
  const word = wordIn(data['status']);
  if (wantsLogin(word)) return understood({ kind: 'reauth_required' });
  if (word === 'PROCESSING') return understood();
  switch (jobState(word)) {
    case 'finished':
      return understood(...productsOf(data['name']).map((product) => changed(product)));
    // Whether the customer must log in, `account_updated` says.
    case 'failed':
      return understood();
    case 'reauth':
    case 'processing':
      return { effects: [], understood: false };
  }
}

function productsOf(job: unknown): readonly Product[] {
  if (job === 'jobs.accounts.sync_balance') return ['balance'];
  return job === 'jobs.accounts.sync_statement' ? ['transaction'] : ['balance', 'transaction'];
}

function changed(product: Product): WebhookEffect {
  return { kind: 'changed', product, hint: null };
}
