import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('examples/', import.meta.url);

/** A body in the shape of one in Mono's documents, written by us. By its file's name. */
export function example(kind: 'answers' | 'webhooks', name: string): string {
  return readFileSync(new URL(`${kind}/${name}.json`, FOLDER), 'utf8');
}

export function exampleNames(kind: 'answers' | 'webhooks'): string[] {
  return readdirSync(new URL(`${kind}/`, FOLDER)).map((file) => file.replace('.json', ''));
}
