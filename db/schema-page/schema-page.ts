import type { Database } from '../connect.ts';
import { markdownTable } from './markdown-table.ts';
import {
  describeSchema,
  type ColumnDescription,
  type ConstraintDescription,
  type RelationDescription,
} from './catalog.ts';

const INTRODUCTION = `# The tables

Written by \`npm run schema-page\` from a migrated database: change a migration, not this page. How to read them, and what is guaranteed,
is in [reading.md](reading.md).`;

/** The page about every table and view, as Markdown: what docs/schema.md has to be. */
export async function schemaPage(db: Database): Promise<string> {
  const relations = await describeSchema(db);
  const views = relations.filter(({ kind }) => kind === 'view');
  const tables = relations.filter(({ kind }) => kind === 'table');
  const parts = [
    INTRODUCTION,
    overview([...views, ...tables]),
    ...views.flatMap(section),
    ...tables.flatMap(section),
  ];
  return `${parts.join('\n\n')}\n`;
}

function overview(relations: readonly RelationDescription[]): string {
  const rows = relations.map(({ name, kind, comment }) => [link(name), kind, comment ?? '']);
  return markdownTable(['', '', ''], rows);
}

function section(relation: RelationDescription): string[] {
  const { name, kind, comment, unlogged, columns } = relation;
  const notes = [
    comment,
    kind === 'view' ? 'A view.' : null,
    unlogged ? 'Not logged: a crash of Postgres empties it.' : null,
  ];
  const lines = [
    ...relation.constraints.map(constraintLine),
    ...relation.indexes.map(
      (index) =>
        `- ${index.unique ? 'Unique index' : 'Index'} ${code(`${index.name} ${index.definition}`)}`,
    ),
  ];
  return [
    `## ${name}`,
    notes.filter((note) => note !== null).join(' '),
    kind === 'view' ? viewColumns(columns) : tableColumns(columns),
    lines.join('\n'),
  ].filter((part) => part !== '');
}

function tableColumns(columns: readonly ColumnDescription[]): string {
  const rows = columns.map((column) => [
    code(column.name),
    column.type,
    column.nullable ? '' : 'not null',
    column.default === null ? '' : code(column.default),
    column.comment ?? '',
  ]);
  return markdownTable(['column', 'type', '', 'default', ''], rows);
}

/** A view's columns have neither defaults nor a say about null. */
function viewColumns(columns: readonly ColumnDescription[]): string {
  const rows = columns.map(({ name, type, comment }) => [code(name), type, comment ?? '']);
  return markdownTable(['column', 'type', ''], rows);
}

function constraintLine({ kind, definition, target }: ConstraintDescription): string {
  if (kind === 'primary key')
    return `- Primary key ${code(definition.replace(/^PRIMARY KEY /, ''))}`;
  if (kind === 'unique') return `- Unique ${code(definition.replace(/^UNIQUE /, ''))}`;
  if (kind === 'check') return checkLine(definition.replace(/^CHECK /, ''));
  const [, columns = '', action = ''] =
    /^FOREIGN KEY \((.*?)\) REFERENCES \S+?\(.*?\)(.*)$/.exec(definition) ?? [];
  return `- ${code(columns)} refers to ${link(target ?? '')}${action.toLowerCase().replace(/^ /, ', ')}`;
}

function checkLine(condition: string): string {
  const [, column, list] = /^\((\w+) = ANY \(ARRAY\[([^\]]*)\]\)\)$/.exec(condition) ?? [];
  if (column === undefined || list === undefined) return `- Check ${code(condition)}`;
  const values = list.split(', ').map(code);
  return `- ${code(column)} is one of ${values.join(', ')}`;
}

const code = (sql: string): string => {
  // Postgres writes the type of every literal.
  const plain = sql.replaceAll(/'::text(?!\[)/g, "'").replaceAll(/\s+/g, ' ');
  return `\`${plain}\``;
};

const link = (table: string): string => `[${table}](#${table})`;
