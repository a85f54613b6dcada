import * as fs from 'node:fs';
import * as path from 'node:path';
import { Token } from 'aws-cdk-lib';
import { parse } from 'csv-parse/sync';
import { SETTINGS, Settings } from './desktop-settings';
import type { UserEntry } from './user-entry';
import { refuse, tagKeyProblem, tagValueProblem } from './validation';
import type { WorkspaceUser } from '../workspace-user';
import type { WorkspaceUsersCsvOptions } from '../workspace-users-csv-options';

/** The content of a row, from which a user is made. */
interface Line {
  userName?: string;
  /** The fields of settings, by the header in the table of settings. */
  readonly fields: Map<string, string>;
  tags?: { [key: string]: string };
}

/** Adds a column's field to a line. The field is never empty. Throws an Error, to which the reader adds file and line. */
type Column = (line: Line, field: string) => void;

/** The columns of settings. A file also has a column of user names, and can have columns of tags. */
const HEADERS = SETTINGS.flatMap(([, { csv }]) => csv?.columns ?? []);

export function readUsersCsv(csvPath: string, options: WorkspaceUsersCsvOptions): { file: string; entries: UserEntry[] } {
  if (Token.isUnresolved(csvPath)) {
    throw new Error('WorkspaceUsers.fromCsv() reads the file at synth, so its path cannot be a value that is known only when the stack is deployed; ' +
      'write the path in the app');
  }
  const file = path.resolve(csvPath);
  const [header, ...rows] = recordsOf(file);
  if (!header) throw new Error(`${file} is empty; its first row must have the names of the columns, one of them "${options.userNameColumn ?? 'userName'}"`);
  const columns = located(file, header.line, () => columnsOf(header.fields, options));
  return {
    file,
    entries: rows.map(({ fields, line }) => ({ user: located(file, line, () => userOf(columns, fields)), where: `${file} line ${line}` })),
  };
}

interface Row {
  readonly fields: string[];
  /** The number of its last line. The first line of a file is 1. */
  readonly line: number;
}

function recordsOf(file: string): Row[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}); ` +
      `a relative path given to WorkspaceUsers.fromCsv() starts from ${process.cwd()}`, { cause: error });
  }
  checkText(file, text);
  const rows: Row[] = [];
  let quoted = false;
  try {
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      cast: (field, { quoting }) => {
        quoted ||= quoting;
        return field;
      },
      on_record: (fields: string[], { lines }) => {
        // Spreadsheets write rows like ",,,," below the last one; these are ignored. A quoted "" was written on purpose.
        if (quoted || fields.some(field => field !== '')) rows.push({ fields, line: lines });
        quoted = false;
      },
    });
  } catch (error) {
    // The parser's message has the line.
    throw new Error(`${file} is not a CSV file that can be read: ${(error as Error).message}`, { cause: error });
  }
  return rows;
}

/** Refuses other encodings and separators. The parser's messages about them would mislead. */
function checkText(file: string, text: string): void {
  const lines = text.split(/\r\n|\r|\n/);
  const broken = lines.findIndex(line => line.includes('\ufffd'));
  if (broken >= 0) {
    const at = lines[broken].indexOf('\ufffd');
    const got = JSON.stringify(lines[broken].slice(Math.max(0, at - 10), at + 10));
    throw new Error(`${file} line ${broken + 1}: the text is not UTF-8, got ${got}; save it as CSV UTF-8`);
  }

  const header = lines.findIndex(line => line.trim() !== '');
  const outsideQuotes = lines[header]?.replace(/"[^"]*"/g, '') ?? '';
  const separator = outsideQuotes.includes(',') ? undefined : /[;\t]/.exec(outsideQuotes.trim())?.[0];
  if (separator) {
    throw new Error(`${file} line ${header + 1}: the columns seem to be separated by ${separator === ';' ? "';'" : 'tabs'}; save the file with commas instead`);
  }
}

function located<T>(file: string, line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${file} line ${line}: ${(error as Error).message}`, { cause: error });
  }
}

function columnsOf(headers: string[], options: WorkspaceUsersCsvOptions): (Column | undefined)[] {
  const userNameColumn = options.userNameColumn ?? 'userName';
  const known = new Map(HEADERS.map(header => [header.toLowerCase(), settingColumn(header)]));
  known.set(userNameColumn.toLowerCase(), (line, field) => { line.userName = field; });

  const seen = new Set<string>();
  const columns = headers.map(header => {
    const name = header.toLowerCase();
    const tagKey = /^tag:(.+)$/i.exec(header)?.[1].trim();
    const column = tagKey ? tagColumn(header, tagKey) : known.get(name);
    if (!column) {
      if (options.ignoreUnknownColumns) return undefined;
      throw new Error(`unknown column ${JSON.stringify(header)}; the known columns are ${[userNameColumn, ...HEADERS].join(', ')} and tag:<key>; ` +
        'correct the header, remove the column, or set ignoreUnknownColumns to true to ignore all unknown columns');
    }
    // Keys of tags are case-sensitive.
    const unique = tagKey ? `tag:${tagKey}` : name;
    if (seen.has(unique)) throw new Error(`column ${JSON.stringify(header)} is given twice; remove one of the two`);
    seen.add(unique);
    return column;
  });
  if (!seen.has(userNameColumn.toLowerCase())) {
    throw new Error(`there is no column ${JSON.stringify(userNameColumn)}, only ${headers.map(h => JSON.stringify(h)).join(', ')}; ` +
      'add it to the first row, or set userNameColumn to the header of the column with the user names');
  }
  return columns;
}

function settingColumn(header: string): Column {
  return ({ fields }, field) => { fields.set(header, field); };
}

function tagColumn(header: string, key: string): Column {
  const column = `column ${JSON.stringify(header)}`;
  refuse(tagKeyProblem(column, key));
  return (line, field) => {
    refuse(tagValueProblem(column, key, field));
    line.tags = { ...line.tags, [key]: field };
  };
}

function userOf(columns: (Column | undefined)[], row: string[]): WorkspaceUser {
  const line: Line = { fields: new Map() };
  row.forEach((field, i) => {
    if (field !== '') columns[i]?.(line, field);
  });
  const { userName, fields, tags } = line;
  if (userName === undefined) throw new Error('the user name is empty; fill it in, or remove the line');
  return { userName, ...settingsOf(fields), ...tags && { tags } };
}

function settingsOf(fields: ReadonlyMap<string, string>): Settings {
  return Object.fromEntries(SETTINGS.flatMap(([name, { csv }]) => {
    const own = csv?.columns.map(header => fields.get(header)) ?? [];
    return csv && own.some(field => field !== undefined) ? [[name, csv.read(...own)]] : [];
  }));
}
