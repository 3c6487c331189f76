/*
 * Keeps a copy by asking again and again.
 *
 *   FRESHET_API_KEY=fsh_… node follow.ts
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { catchUp, openCopy } from './catch-up.ts';

const db = openCopy(process.env['DATABASE'] ?? 'copy.db');
const api = {
  url: process.env['FRESHET_URL'] ?? 'http://127.0.0.1:4400',
  key: process.env['FRESHET_API_KEY'] ?? '',
};
const pollMs = Number(process.env['POLL_SECONDS'] ?? 30) * 1_000;

for (;;) {
  try {
    const changes = await catchUp(db, api);
    if (changes > 0) console.log(`took over ${changes} changes`);
  } catch (error) {
    console.error('cannot follow, and will try again:', error);
  }
  await sleep(pollMs);
}
