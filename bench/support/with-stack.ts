import { Client } from 'pg';
import { describeMachine } from './describe-machine.ts';
import { startBenchStack, type BenchStack, type StackOptions } from './start-bench-stack.ts';

/** Runs `work` on servers of its own, which go with it. */
export async function withStack<T>(
  options: StackOptions,
  work: (stack: BenchStack) => Promise<T>,
): Promise<T> {
  const stack = await startBenchStack(options);
  try {
    return await work(stack);
  } finally {
    await stack.stop();
  }
}

export async function describeStack({ databaseUrl }: BenchStack): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await describeMachine(client);
  } finally {
    await client.end();
  }
}
