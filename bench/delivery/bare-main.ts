import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { createLogger } from '../../config/logger.ts';
import { runMain } from '../../config/run-main.ts';

/*
 * The bare loop: posts each body to each receiver, with as many requests under way as Freshet has, by the same client. It
 * signs nothing, stores nothing, and looks at no answer.
 */
await runMain(async () => {
  const urls = (process.env['BENCH_URLS'] ?? '').split(',').map((url) => new URL(url));
  const lines = (await readFile(process.env['BENCH_BODIES'] ?? '', 'utf8')).trimEnd().split('\n');
  const concurrency = Number(process.env['BENCH_CONCURRENCY']);
  const agent = new Agent({ connections: concurrency });
  const logger = createLogger('bare', 'info');

  async function deliverTo({ origin, pathname: path }: URL): Promise<void> {
    const bodies = lines.values();
    async function lane(): Promise<void> {
      for (const body of bodies) {
        // {"id":"<36 characters>", as Freshet's bodies begin.
        const headers = { 'content-type': 'application/json', 'webhook-id': body.slice(7, 43) };
        const { body: answer } = await agent.request({
          origin,
          path,
          method: 'POST',
          headers,
          body,
        });
        await answer.dump();
      }
    }
    await Promise.all(Array.from({ length: concurrency }, lane));
  }

  logger.info('bare loop ready');
  process.on(
    'SIGUSR2',
    () => void Promise.all(urls.map(deliverTo)).then(() => logger.info('bare loop done')),
  );
  setInterval(() => undefined, 60_000);
});
