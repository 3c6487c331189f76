import { crc32 } from 'node:zlib';
import type { Op } from './op.ts';

/** Writes changes as one line with a checksum, so that a damaged one is told from a whole one. */
export function encodeLine(ops: readonly Op[]): string {
  const json = JSON.stringify(ops, replace);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** Reads a line back. Throws when it is not exactly what was written. */
export function decodeLine(line: string): Op[] {
  const json = line.slice(9);
  if (line[8] !== ' ' || crc32(json).toString(16).padStart(8, '0') !== line.slice(0, 8)) {
    throw new Error('checksum differs');
  }
  return JSON.parse(json, revive) as Op[];
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $money: value.toString() };
  if (value instanceof Map) return { $map: [...value] };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$money' in value) return BigInt(String(value.$money));
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
  return value;
}
