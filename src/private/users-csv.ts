import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration, Size, Token } from 'aws-cdk-lib';
import { parse } from 'csv-parse/sync';
import type { UserEntry } from './user-entry';
import { refuse, tagKeyProblem, tagValueProblem } from './validation';
import { ComputeType } from '../compute-type';
import { OperatingSystem } from '../operating-system';
import { RunningMode } from '../running-mode';
import { WorkspaceProtocol } from '../workspace-protocol';
import type { WorkspaceUser } from '../workspace-user';
import type { WorkspaceUsersCsvOptions } from '../workspace-users-csv-options';

/** What a column gives to its user; fields are never empty. Throws an Error that the reader completes with file and line. */
type Column = (user: Fields, field: string) => void;

/** What a row says, before it is a user. */
type Fields = { -readonly [K in keyof WorkspaceUser]?: WorkspaceUser[K] } & { modeName?: string; autoStopMinutes?: string };

const COLUMNS: { readonly [header: string]: Column } = {
  bundleId: (user, field) => { user.bundleId = field; },
  runningMode: (user, field) => { user.modeName = field; },
  autoStopTimeoutInMinutes: (user, field) => { user.autoStopMinutes = field; },
  computeType: (user, field) => { user.computeType = ComputeType.of(field); },
  rootVolumeSizeGib: (user, field) => { user.rootVolumeSize = Size.gibibytes(wholeNumber('rootVolumeSizeGib', field)); },
  userVolumeSizeGib: (user, field) => { user.userVolumeSize = Size.gibibytes(wholeNumber('userVolumeSizeGib', field)); },
  protocols: (user, field) => { user.protocols = field.split(/[\s;]+/).filter(Boolean).map(WorkspaceProtocol.of); },
  operatingSystem: (user, field) => { user.operatingSystem = OperatingSystem.of(field); },
  rootVolumeEncryptionEnabled: (user, field) => { user.rootVolumeEncryptionEnabled = trueOrFalse('rootVolumeEncryptionEnabled', field); },
  userVolumeEncryptionEnabled: (user, field) => { user.userVolumeEncryptionEnabled = trueOrFalse('userVolumeEncryptionEnabled', field); },
};

export function readUsersCsv(csvPath: string, options: WorkspaceUsersCsvOptions): { file: string; entries: UserEntry[] } {
  if (Token.isUnresolved(csvPath)) {
    throw new Error('WorkspaceUsers.fromCsv() reads the file at synth, so its path must not be a token; write the path down');
  }
  const file = path.resolve(csvPath);
  const [header, ...rows] = recordsOf(file);
  if (!header) throw new Error(`${file} is empty; its first row must name the columns, one of them "${options.userNameColumn ?? 'userName'}"`);
  const columns = located(file, header.line, () => columnsOf(header.fields, options));
  return {
    file,
    entries: rows.map(({ fields, line }) => ({ user: located(file, line, () => userOf(columns, fields)), where: `${file} line ${line}` })),
  };
}

interface Row {
  readonly fields: string[];
  /** Number of its last line, from 1. */
  readonly line: number;
}

function recordsOf(file: string): Row[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}); ` +
      `the path given to WorkspaceUsers.fromCsv() is looked up from ${process.cwd()}`, { cause: error });
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
        // Spreadsheets leave ",,,," behind below the last row; who writes "" means something.
        if (quoted || fields.some(field => field !== '')) rows.push({ fields, line: lines });
        quoted = false;
      },
    });
  } catch (error) {
    // The parser's own messages name the line.
    throw new Error(`${file} is not a CSV file that can be read: ${(error as Error).message}`, { cause: error });
  }
  return rows;
}

/** Other encodings and separators, on which the parser would say something else. */
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
    throw new Error(`${file} line ${header + 1}: this file seems to be separated by ${separator === ';' ? "';'" : 'tabs'}; save it separated by commas`);
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
  const known = new Map(Object.entries(COLUMNS).map(([header, column]) => [header.toLowerCase(), column]));
  known.set(userNameColumn.toLowerCase(), (user, field) => { user.userName = field; });

  const seen = new Set<string>();
  const columns = headers.map(header => {
    const name = header.toLowerCase();
    const tagKey = /^tag:(.+)$/i.exec(header)?.[1].trim();
    const column = tagKey ? tagColumn(header, tagKey) : known.get(name);
    if (!column) {
      if (options.ignoreOtherColumns) return undefined;
      throw new Error(`unknown column ${JSON.stringify(header)}; the columns are ${[userNameColumn, ...Object.keys(COLUMNS)].join(', ')} and tag:<key>, ` +
        'and ignoreOtherColumns leaves out all others');
    }
    // Keys of tags are case-sensitive.
    const unique = tagKey ? `tag:${tagKey}` : name;
    if (seen.has(unique)) throw new Error(`column ${JSON.stringify(header)} is there twice; leave one out`);
    seen.add(unique);
    return column;
  });
  if (!seen.has(userNameColumn.toLowerCase())) {
    throw new Error(`there is no column ${JSON.stringify(userNameColumn)}, only ${headers.map(h => JSON.stringify(h)).join(', ')}; ` +
      'add it to the first row, or name the column with the user names in userNameColumn');
  }
  return columns;
}

function tagColumn(header: string, key: string): Column {
  const column = `column ${JSON.stringify(header)}`;
  refuse(tagKeyProblem(column, key));
  return (user, field) => {
    refuse(tagValueProblem(column, key, field));
    user.tags = { ...user.tags, [key]: field };
  };
}

function userOf(columns: (Column | undefined)[], row: string[]): WorkspaceUser {
  const { modeName, autoStopMinutes, ...fields } = row.reduce<Fields>((user, field, i) => {
    if (field !== '') columns[i]?.(user, field);
    return user;
  }, {});
  if (fields.userName === undefined) throw new Error('the user name is empty; fill it in, or leave the line out');
  const runningMode = runningModeOf(modeName, autoStopMinutes);
  return { ...fields, userName: fields.userName, ...runningMode && { runningMode } };
}

function runningModeOf(mode: string | undefined, autoStopMinutes: string | undefined): RunningMode | undefined {
  const name = mode?.toUpperCase();
  if (autoStopMinutes !== undefined && name !== 'AUTO_STOP') {
    throw new Error(`autoStopTimeoutInMinutes ${JSON.stringify(autoStopMinutes)} needs the runningMode "AUTO_STOP" in the same line, got ${JSON.stringify(mode ?? '')}`);
  }
  switch (name) {
    case undefined: return undefined;
    case 'AUTO_STOP': return RunningMode.autoStop(autoStopMinutes === undefined ? undefined : wholeHours('autoStopTimeoutInMinutes', autoStopMinutes));
    case 'ALWAYS_ON': return RunningMode.alwaysOn();
    case 'MANUAL': return RunningMode.manual();
    default: throw new Error(`runningMode must be AUTO_STOP, ALWAYS_ON or MANUAL, got ${JSON.stringify(mode)}`);
  }
}

function wholeNumber(column: string, field: string): number {
  if (!/^\d{1,9}$/.test(field)) throw new Error(`${column} must be a whole number, got ${JSON.stringify(field)}`);
  return Number(field);
}

function wholeHours(column: string, field: string): Duration {
  const minutes = wholeNumber(column, field);
  if (minutes === 0 || minutes % 60 !== 0) throw new Error(`${column} must be a multiple of 60, such as 60 or 120, got ${JSON.stringify(field)}`);
  return Duration.minutes(minutes);
}

function trueOrFalse(column: string, field: string): boolean {
  if (!/^(true|false)$/i.test(field)) throw new Error(`${column} must be true or false, got ${JSON.stringify(field)}`);
  return field.toLowerCase() === 'true';
}
