import { expect, it } from 'vitest';
import type { Provider } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';

const named = (name: string): Provider => ({ name }) as Provider;

it('finds providers by name', () => {
  const [okra, other] = [named('okra'), named('other')];
  const registry = createProviderRegistry([okra, other]);
  expect(registry.get('okra')).toBe(okra);
  expect(registry.get('toString')).toBeUndefined();
  expect(registry.names).toEqual(['okra', 'other']);
});

it('refuses two providers of one name', () => {
  expect(() => createProviderRegistry([named('okra'), named('okra')])).toThrow('okra');
});
