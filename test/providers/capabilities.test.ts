import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { providerVariable } from '../../config/provider-variable.ts';
import { configuredProviders } from '../../providers/configured.ts';
import { DEFINITIONS } from '../../providers/known-providers.ts';
import type { Provider } from '../../providers/provider.ts';

const PAGE = 'docs/providers/README.md';

/** With what it cannot be without, and nothing else. */
function byDefault(): Provider[] {
  const environment = Object.fromEntries(
    DEFINITIONS.flatMap(({ name, required }) =>
      Object.keys(required).map((key) => [
        providerVariable(name, key),
        key.endsWith('URL') ? 'http://127.0.0.1:1/v2' : 'a-secret-of-16-characters',
      ]),
    ),
  );
  const providers = configuredProviders(environment);
  return providers.names.flatMap((name) => providers.get(name) ?? []);
}

function tableOf(providers: readonly Provider[]): string[][] {
  const rows = new Map<string, string[]>();
  for (const { capabilities } of providers) {
    for (const [name, value] of Object.entries(capabilities)) {
      const parts: [string, unknown][] =
        typeof value === 'object' && value !== null
          ? Object.entries(value).map(([product, one]) => [`${name}, ${product}`, one])
          : [[name, value]];
      for (const [row, one] of parts) rows.set(row, [...(rows.get(row) ?? []), wordOf(one)]);
    }
  }
  return [
    ['capability', ...providers.map(({ name }) => name)],
    ...[...rows].map(([name, cells]) => [name, ...cells]),
  ];
}

function wordOf(value: unknown): string {
  if (value === null) return 'no limit';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

it('the page of providers tells the capabilities that the code has', () => {
  const expected = tableOf(byDefault());
  const [, text = ''] = /<!-- capabilities:[^>]*-->([^]*?)<!-- \/capabilities -->/.exec(
    readFileSync(PAGE, 'utf8'),
  ) ?? ['', ''];
  const shown = text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  expect(shown).toEqual(expected);
});
