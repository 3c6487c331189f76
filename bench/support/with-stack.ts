import { Client } from 'pg';
import { describeMachine } from './describe-machine.ts';
import { startBenchStack, type BenchStack, type StackOptions } from './start-bench-stack.ts';

/** Runs `work` on servers of its own, which go with it, also when it is interrupted. */
export async function withStack<T>(
  options: StackOptions,
  work: (stack: BenchStack) => Promise<T>,
): Promise<T> {
  const stack = await startBenchStack(options);
  const interrupt = (): void => void stack.stop().finally(() => process.exit(130));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(stack);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
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
