import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { makeWorkerUtils } from 'graphile-worker';
import type { Pool } from 'pg';
import { naiveId, NAIVE_QUEUE, webhookCame, type applyWebhooks } from './naive-workflows.ts';

export interface EndpointDeps {
  readonly pool: Pool;
  readonly temporal: Client;
}

/** Takes a webhook; once it resolves the webhook is acknowledged. */
export type Take = (body: Buffer) => Promise<void>;

export type EndpointName = 'insert' | 'signal' | 'job';

/** What is measured beside Freshet. None of them verifies, deduplicates or looks anything up. */
export const endpoints: Readonly<Record<EndpointName, (deps: EndpointDeps) => Promise<Take>>> = {
  async insert({ pool }) {
    return async (body) => void (await insertWebhook(pool, body));
  },
  async signal({ pool, temporal }) {
    return async (body) => {
      const id = await insertWebhook(pool, body);
      const login = JSON.parse(body.toString()) as { customerId: string; bankId: string };
      await temporal.workflow.signalWithStart<typeof applyWebhooks, [string]>('applyWebhooks', {
        workflowId: naiveId(login),
        taskQueue: NAIVE_QUEUE,
        signal: webhookCame,
        signalArgs: [id],
      });
    };
  },
  async job({ pool }) {
    const utils = await makeWorkerUtils({ pgPool: pool });
    await utils.migrate();
    return async (body) => {
      await utils.addJob('apply_webhook', JSON.parse(body.toString()));
    };
  },
};

const INSERT = `
  insert into inbound_webhooks (provider, dedupe_key, type, body, body_bytes, outcome)
  values ($1, $2, $3, $4, $5, $6) returning id`;

/** One row in one statement, into the table that Freshet uses, with its indexes. */
async function insertWebhook(pool: Pool, body: Buffer): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(INSERT, [
    'okra',
    randomUUID(),
    'webhook',
    body,
    body.length,
    'accepted',
  ]);
  const [row] = rows;
  if (!row) throw new Error('the webhook was not stored');
  return row.id;
}
