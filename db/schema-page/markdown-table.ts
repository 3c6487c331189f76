/** A Markdown table with its columns aligned, as the formatter wants it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [head, ...rows].map((cells) => cells.map(toCell));
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const [first, ...rest] = lines.map((cells) =>
    toLine(cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  );
  return [first, toLine(widths.map((width) => '-'.repeat(width))), ...rest].join('\n');
}

const toCell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

const toLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
