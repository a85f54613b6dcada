import { inBounds } from './bounds';
import { firstOf, type Lists, MOST_BYTES, moved, type NewRecord, part, weightOf } from './call-row';
import type { Ledger } from './ledger';
import type { CallRow, FleetKey } from './rows';
import type { User } from './user';
import { isDesktop, type UserRecord } from './user-record';
import type { DesktopSettings } from '../../src/private/contract';
import { BATCH } from '../aws/workspaces-api';
import { log } from '../core/log';
import { userKey } from '../request/identity';
import type { DesiredDesktop } from '../request/resource-properties';

/** The call rows of one fleet while a step works on them, and the record of each user. */
export class FleetRecords {
  private readonly rows = new Map<number, CallRow>();
  /** Each user's record, and the row that has it. */
  private readonly records = new Map<string, { readonly number: number; readonly record: UserRecord }>();
  private readonly dirty = new Set<number>();
  /** The rows as the table has them. */
  private readonly written = new Map<number, CallRow>();
  /** Who had a desktop in a record, by its id. */
  private readonly holders = new Map<string, string>();
  /** Rows without a record, to be used again. Otherwise the ledger would grow with each deployment. */
  private readonly empty = new Set<number>();
  private longest = 0;
  /** Users as they were asked for last: a step asks for all of them again and again, and changes few at a time. */
  private readonly asked = new Map<string, User>();
  private list?: { readonly desired: ReadonlyMap<string, DesiredDesktop>; readonly users: readonly User[] };
  private highest = -1;

  /** @param counted how many rows there have been, as the fleet's row says. If an older fleet row was lost, this one may be younger than the call rows */
  constructor(rows: readonly CallRow[], private readonly counted: number) {
    // A row that is used again is younger than rows with larger numbers.
    for (const row of [...rows].sort((a, b) => a.generation - b.generation || a.at - b.at || a.number - b.number)) {
      this.written.set(row.number, row);
      this.add(row);
    }
  }

  /** The number for a new row, larger than `after`, and the row without records that has this number now. */
  private next(after = -1): { readonly number: number; readonly replaces?: CallRow } {
    const number = [...this.empty].find((each) => each > after);
    if (number !== undefined) return { number, replaces: this.rows.get(number) };
    return { number: Math.max(this.counted, this.highest + 1) };
  }

  /** The numbers of rows that somebody has deleted. */
  get missing(): number[] {
    return Array.from({ length: this.counted }, (_, number) => number).filter((number) => !this.rows.has(number));
  }

  /** Adds a row that the ledger already has. It replaces the row with the same number. */
  add(row: CallRow): void {
    for (const { userName } of this.rows.get(row.number)?.records ?? []) {
      const key = userKey(userName);
      this.forget(key);
      if (this.records.get(key)?.number === row.number) this.records.delete(key);
    }
    this.put(row);
    this.highest = Math.max(this.highest, row.number);
    for (const record of row.records) {
      const key = userKey(record.userName);
      this.forget(key);
      if (isDesktop(record)) this.longest = Math.max(this.longest, record.id.length);
      const before = this.records.get(key);
      // The record of the latest call counts, unless an earlier call has made a desktop.
      const counts = !isDesktop(before?.record) || isDesktop(record);
      if (counts) this.record(key, row.number, record);
      if (before && before.number !== row.number) this.forgetStale(key, counts ? before : { number: row.number, record });
    }
  }

  /** Removes a user's record that does not count any more. It is written after the one that counts. The id of a desktop is never removed here. */
  private forgetStale(key: string, { number, record }: { readonly number: number; readonly record: UserRecord }): void {
    const { record: counts } = this.records.get(key)!;
    if (isDesktop(record) && !(isDesktop(counts) && counts.id === record.id)) return;
    const row = this.rows.get(number)!;
    this.put({ ...row, records: row.records.filter((each) => each !== record) });
    this.dirty.add(number);
  }

  private put(row: CallRow): void {
    this.rows.set(row.number, row);
    if (row.records.length === 0) this.empty.add(row.number);
    else this.empty.delete(row.number);
  }

  /** The user whose record has this desktop; undefined if there is none. One id is never in the records of two users. */
  holderOf(id: string): string | undefined {
    const key = this.holders.get(id);
    const record = key === undefined ? undefined : this.records.get(key)?.record;
    return isDesktop(record) && (record.id === id || record.migrating?.from === id) ? key : undefined;
  }

  private record(key: string, number: number, record: UserRecord): void {
    this.records.set(key, { number, record });
    if (!isDesktop(record)) return;
    this.holders.set(record.id, key);
    if (record.migrating) this.holders.set(record.migrating.from, key);
  }

  /** The length of the longest id. */
  get longestId(): number {
    return this.longest;
  }

  get all(): CallRow[] {
    return [...this.rows.values()];
  }

  /** The desired users in the order of the template, then the users who are recorded only. */
  users(desired: ReadonlyMap<string, DesiredDesktop>): readonly User[] {
    if (this.list?.desired !== desired) {
      const users: User[] = [];
      for (const [key, each] of desired) users.push(this.user(key, each.userName, each));
      for (const [key, { record }] of this.records) if (!desired.has(key)) users.push(this.user(key, record.userName));
      this.list = { desired, users };
    }
    return this.list.users;
  }

  /** Everybody with a record, whether desired or not. */
  recorded(): readonly User[] {
    return [...this.records].map(([key, { record }]) => this.user(key, record.userName));
  }

  /** One user, whether or not there is a record. */
  user(key: string, userName: string, desired?: DesiredDesktop): User {
    const before = this.asked.get(key);
    if (before && before.desired === desired && before.userName === userName) return before;
    const user = this.read(key, userName, desired);
    this.asked.set(key, user);
    return user;
  }

  private read(key: string, userName: string, desired?: DesiredDesktop): User {
    const found = this.find(key);
    if (!found) return { key, userName, desired };
    const { row, record } = found;
    const madeAt = Math.max(row.at, isDesktop(record) ? record.migrating?.at ?? 0 : 0);
    return { key, userName, desired, record, madeIn: row.generation, madeAt, recordedSettings: row.settings[record.settings] };
  }

  /** @param record the user's new record, or undefined to delete it. The recorded settings stay as they are */
  set(key: string, record: UserRecord | undefined): void {
    const current = this.find(key);
    if (!current || current.record === record) return;
    this.replace(key, record && { ...record, settings: current.record.settings });
  }

  private replace(key: string, record: UserRecord | undefined): void {
    const { row } = this.find(key)!;
    const after = record && inBounds(record);
    this.forget(key);
    const records = row.records.flatMap((each) => (userKey(each.userName) !== key ? [each] : after ? [after] : []));
    this.put({ ...row, records });
    this.dirty.add(row.number);
    if (after) this.record(key, row.number, after);
    else this.records.delete(key);
  }

  /** The same, with other settings. */
  setWith(key: string, record: UserRecord, settings: DesktopSettings): void {
    const current = this.find(key);
    if (!current) return;
    const text = JSON.stringify(settings);
    const known = current.row.settings.findIndex((each) => JSON.stringify(each) === text);
    const all = known < 0 ? [...current.row.settings, settings] : current.row.settings;
    this.rows.set(current.row.number, { ...current.row, settings: all });
    this.replace(key, { ...record, settings: known < 0 ? all.length - 1 : known });
    this.forgetUnused(current.row.number);
  }

  /** Removes settings that no record has any more: also those from before changes that are over. Otherwise a row would grow with every change. */
  private forgetUnused(number: number): void {
    const row = this.rows.get(number)!;
    const used = new Set(row.records.map(({ settings }) => settings).filter((index) => index >= 0));
    if (used.size < row.settings.length) this.renew(row, part(row, () => true));
  }

  /** Puts other lists into a row. The records that count are now those of these lists. */
  private renew(row: CallRow, lists: Lists): void {
    this.put({ ...row, ...lists });
    for (const record of lists.records) {
      const key = userKey(record.userName);
      if (this.records.get(key)?.number === row.number) this.record(key, row.number, record);
      this.forget(key);
    }
  }

  private forget(key: string): void {
    this.asked.delete(key);
    this.list = undefined;
  }

  /**
   * Notes users in a new row, before the call for them is made: as many as one call takes, and as a row has room for.
   * @returns the row. Its records are those of the first users, in their order
   * @throws SupersededError if another generation has begun
   */
  async begin(ledger: Ledger, key: FleetKey, generation: number, made: Pick<CallRow, 'generation' | 'at'>, users: readonly NewRecord[]): Promise<CallRow> {
    const { number, replaces } = this.next();
    let begun: CallRow = { ...made, number, ...firstOf(users.map(inBounds)) };
    begun = await ledger.addCall(key, generation, begun, replaces);
    this.dirty.delete(number);
    this.written.set(number, begun);
    this.add(begun);
    return begun;
  }

  /** The same for users for whom no call is made: all of them, in as many rows as it takes. @param isTimeUp whether no further row is begun */
  async note(
    ledger: Ledger, key: FleetKey, generation: number, made: Pick<CallRow, 'generation' | 'at'>, users: readonly NewRecord[], isTimeUp = () => false,
  ): Promise<void> {
    for (let noted = 0; noted < users.length && !isTimeUp();) {
      const { records } = await this.begin(ledger, key, generation, made, users.slice(noted, noted + BATCH));
      noted += records.length;
    }
  }

  /** Writes what the answer to a row's call says of its users. @param begun the row as it began: the records have its settings */
  async answer(ledger: Ledger, key: FleetKey, generation: number, { number, settings }: CallRow, records: readonly UserRecord[]): Promise<void> {
    this.add({ ...this.rows.get(number)!, settings, records: records.map(inBounds) });
    await this.write(ledger, key, generation, number);
  }

  /** After everybody was looked up, rows that were deleted are written again, without records: nothing is missing any more. */
  async fill(ledger: Ledger, key: FleetKey): Promise<void> {
    for (const number of this.missing) {
      const row = await ledger.restore(key, { number, generation: 0, at: 0, settings: [], records: [] });
      this.written.set(number, row);
      this.put(row);
    }
  }

  /** Writes what has changed. */
  async flush(ledger: Ledger, key: FleetKey, generation: number): Promise<void> {
    for (const number of this.dirty) await this.write(ledger, key, generation, number);
  }

  private async write(ledger: Ledger, key: FleetKey, generation: number, number: number): Promise<void> {
    const parts: number[] = [];
    this.forgetUnused(number);
    while (weightOf(this.rows.get(number)!) > MOST_BYTES) {
      const added = await this.divide(ledger, key, generation, number);
      if (added === undefined) break;
      parts.push(added);
    }
    const row = await ledger.save(key, this.rows.get(number)!);
    this.rows.set(number, row);
    this.written.set(number, row);
    this.dirty.delete(number);
    for (const each of parts) await this.write(ledger, key, generation, each);
  }

  /**
   * Moves records of a row that has become too heavy to a new row, which counts as equally old. The new row is first written with the records as the
   * table has them. If the step dies before they are removed from the old row, both rows say the same, and no record is older than the other.
   * @returns the number of the new row; undefined if there is nothing to move
   */
  private async divide(ledger: Ledger, key: FleetKey, generation: number, number: number): Promise<number | undefined> {
    const row = this.rows.get(number)!;
    const keys = moved(row, ({ userName }) => this.records.get(userKey(userName))?.number === number);
    if (keys.size === 0) return undefined;
    log('row divided', { row: number, users: row.records.length, moved: keys.size });
    const isMoved = ({ userName }: UserRecord) => keys.has(userKey(userName));
    const { number: free, replaces } = this.next(number);
    const copy = await ledger.addPart(key, generation, { ...row, number: free, ...part(this.written.get(number)!, isMoved) }, replaces);
    this.written.set(free, copy);
    this.highest = Math.max(this.highest, free);
    for (const each of keys) this.records.set(each, { number: free, record: this.records.get(each)!.record });
    this.renew(copy, part(row, isMoved));
    this.renew(row, part(row, (record) => !isMoved(record)));
    this.dirty.add(free);
    return free;
  }

  private find(key: string): { row: CallRow; record: UserRecord } | undefined {
    const found = this.records.get(key);
    return found && { row: this.rows.get(found.number)!, record: found.record };
  }
}
