import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WINDOW = 16 * 1024;

/** The last `count` lines of a text file, or a note that there are none. */
export function lastLines(file: string, count: number): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '(no log)';
  }
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, WINDOW);
    const buffer = Buffer.alloc(length);
    readSync(fd, buffer, 0, length, size - length);
    const lines = buffer.toString('utf8').trimEnd().split('\n').slice(-count);
    return lines.join('\n') || '(an empty log)';
  } finally {
    closeSync(fd);
  }
}
