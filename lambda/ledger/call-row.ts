import type { CallRow } from './rows';
import { isDesktop, type UserRecord } from './user-record';
import { type DesktopSettings, TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { BATCH } from '../aws/workspaces-api';
import { userKey } from '../request/identity';

// The content of a call row: how it is stored, what it weighs, and how it is divided. The lists are JSON: for 10,000 users, a step reads 400 rows, and
// lists of DynamoDB's own types would take several times as long.

/**
 * The most bytes of a row's lists. DynamoDB takes 400 KB an item (409,600 bytes), with the names and the keys
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html), which take less than the rest.
 */
export const MOST_BYTES = 400_000;
/** The most bytes with which a row begins. What becomes of its users makes it grow; a row that has become too heavy is divided. */
export const MOST_BYTES_AT_FIRST = 300_000;

/** A record without the place of its settings in a row. */
type WithoutSettings<R> = R extends UserRecord ? Omit<R, 'settings'> : never;
/** A user who is noted in a new row. The settings are absent if they are not known any more. */
export type NewRecord = WithoutSettings<UserRecord> & { readonly asked?: DesktopSettings };

/** A row's lists. */
export type Lists = Pick<CallRow, 'settings' | 'records'>;

/** What the table has of a row. Settings are written once, however many records have them, or had them before a change. */
export function stored({ settings, records, ...row }: CallRow) {
  return { ...row, ...texts({ settings, records }) };
}

/** The reverse. In rows of earlier versions, each change has the settings from before it. */
export function restored({ [PK]: _, [SK]: __, settings: settingsText, records: recordsText, ...row }: Record<string, any>): CallRow {
  const settings: DesktopSettings[] = JSON.parse(settingsText);
  const records = (JSON.parse(recordsText) as UserRecord[]).map((record): UserRecord => {
    if (!isDesktop(record) || record.changing?.fromSettings === undefined) return record;
    const { fromSettings, ...changing } = record.changing;
    return { ...record, changing: { ...changing, from: settings[fromSettings] } };
  });
  return { ...row as CallRow, settings, records };
}

/** The bytes of a row's lists, as DynamoDB counts them. */
export function weightOf(row: Lists): number {
  const { settings, records } = texts(row);
  return Buffer.byteLength(settings) + Buffer.byteLength(records);
}

function texts(row: Lists): { readonly settings: string; readonly records: string } {
  const settings = new Settings(row.settings);
  const records = row.records.map((record) => {
    if (!isDesktop(record) || !record.changing) return record;
    const { from, ...changing } = record.changing;
    return { ...record, changing: { ...changing, fromSettings: settings.indexOf(from) } };
  });
  return { settings: JSON.stringify(settings.all), records: JSON.stringify(records) };
}

/** A list in which equal settings are once. */
class Settings {
  readonly all: DesktopSettings[];
  private readonly others = new Map<DesktopSettings, number>();

  constructor(known: readonly DesktopSettings[] = []) {
    this.all = [...known];
  }

  indexOf(settings: DesktopSettings | undefined): number {
    if (settings === undefined) return -1;
    const index = this.others.get(settings) ?? this.find(settings);
    this.others.set(settings, index);
    return index;
  }

  private find(settings: DesktopSettings): number {
    const same = this.all.indexOf(settings);
    if (same >= 0) return same;
    const text = JSON.stringify(settings);
    const equal = this.all.findIndex((each) => JSON.stringify(each) === text);
    return equal >= 0 ? equal : this.all.push(settings) - 1;
  }
}

/** The records that are kept, and the settings that they have. */
export function part({ settings, records }: Lists, isKept: (record: UserRecord) => boolean): Lists {
  const kept = records.filter(isKept);
  const used = [...new Set(kept.map((record) => record.settings))].filter((index) => index >= 0);
  return { settings: used.map((index) => settings[index]), records: kept.map((record) => ({ ...record, settings: used.indexOf(record.settings) })) };
}

/** The lists of a new row: as many of these users as one call takes, and as a row has room for, but at least one. */
export function firstOf(users: readonly NewRecord[]): Lists {
  const settings = new Settings();
  const records: UserRecord[] = [];
  let weight = 0;
  for (const { asked, ...rest } of users.slice(0, BATCH)) {
    const before = settings.all.length;
    const record = { ...rest, settings: settings.indexOf(asked) } as UserRecord;
    weight += bytesOf(record) + (settings.all.length > before ? bytesOf(asked) : 0);
    if (records.length > 0 && weight > MOST_BYTES_AT_FIRST) return { settings: settings.all.slice(0, before), records };
    records.push(record);
  }
  return { settings: settings.all, records };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

/** Of a row that has become too heavy: the users whose records are moved to another one. The last ones are, until both may grow again. */
export function moved(row: Lists, mayMove: (record: UserRecord) => boolean): ReadonlySet<string> {
  const keys = new Set<string>();
  const isMoved = (record: UserRecord) => keys.has(userKey(record.userName));
  for (const record of row.records.filter(mayMove).slice(1).reverse()) {
    if (weightOf(part(row, (each) => !isMoved(each))) <= MOST_BYTES_AT_FIRST) break;
    keys.add(userKey(record.userName));
    if (keys.size > 1 && weightOf(part(row, isMoved)) > MOST_BYTES_AT_FIRST) {
      keys.delete(userKey(record.userName));
      break;
    }
  }
  return keys;
}
