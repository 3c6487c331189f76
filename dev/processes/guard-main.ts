import { stopLeftovers } from './leftovers.ts';

const [registerDir] = process.argv.slice(2);
if (registerDir === undefined) throw new Error('usage: node guard-main.ts <register folder>');
await stopLeftovers(registerDir);
