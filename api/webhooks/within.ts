import { tooLate } from './overloaded.ts';

/** Rejects with `Overloaded` where the promise has not settled in `ms` milliseconds; it goes on all the same. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(tooLate()), ms);
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
