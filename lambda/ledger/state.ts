import { userKey } from '../request/identity';
import type { CallRow, FleetKey, Ledger, Member } from './ledger';
import type { Wanted } from '../request/resource-properties';
import type { DesktopSettings } from '../../src/private/contract';

/** One user: what is wanted for them, and what the ledger has. */
export interface Subject {
  readonly key: string;
  readonly userName: string;
  /** Absent when the fleet is to have no desktop for this user. */
  readonly wanted?: Wanted;
  readonly member?: Member;
  /** Of the call that the member stands in. */
  readonly madeIn?: number;
  readonly madeAt?: number;
  readonly madeWith?: DesktopSettings;
}

/** Whether there is a desktop of ours, and nobody has begun to take it away. */
export function isStanding(member: Member | undefined): boolean {
  const isLeaving = member?.terminatedAt !== undefined || member?.terminating || member?.releasedIn !== undefined;
  return member?.id !== undefined && !isLeaving;
}

/** The ledger's rows of one fleet, while a step works on them. */
export class FleetState {
  private readonly rows = new Map<number, CallRow>();
  /** By user: the record that stands for them, and the row that it is in. */
  private readonly records = new Map<string, { readonly number: number; readonly member: Member }>();
  private readonly dirty = new Set<number>();
  private longest = 0;

  /** @param nextNumber of the next row, by the fleet's row; which may be younger than these rows, when the one before it was lost */
  constructor(rows: readonly CallRow[], private nextNumber: number) {
    for (const row of rows) this.add(row);
  }

  get next(): number {
    return this.nextNumber;
  }

  /** A row that is in the ledger already; in place of the one of that number. */
  add(row: CallRow): void {
    for (const { userName } of this.rows.get(row.number)?.members ?? []) {
      const key = userKey(userName);
      if (this.records.get(key)?.number === row.number) this.records.delete(key);
    }
    this.rows.set(row.number, row);
    this.nextNumber = Math.max(this.nextNumber, row.number + 1);
    for (const member of row.members) {
      const key = userKey(member.userName);
      this.longest = Math.max(this.longest, member.id?.length ?? 0);
      // A later call stands for the user, unless an earlier one has made a desktop.
      const before = this.records.get(key);
      if (!before?.member.id || member.id) this.records.set(key, { number: row.number, member });
    }
  }

  /** Of the ids that there are. */
  get longestId(): number {
    return this.longest;
  }

  get all(): CallRow[] {
    return [...this.rows.values()];
  }

  /** Those wanted in the order of the template, then those who have something that is not wanted. */
  subjects(wanted: ReadonlyMap<string, Wanted>): Subject[] {
    const unwanted = [...this.records.keys()].filter((key) => !wanted.has(key));
    return [
      ...[...wanted].map(([key, each]) => this.subject(key, each.userName, each)),
      ...unwanted.map((key) => this.subject(key, this.member(key)!.member.userName)),
    ];
  }

  /** One user, whether or not there is a record. */
  subject(key: string, userName: string, wanted?: Wanted): Subject {
    const found = this.member(key);
    if (!found) return { key, userName, wanted };
    const { row, member } = found;
    const madeAt = Math.max(row.at, member.migrating?.at ?? 0);
    return { key, userName, wanted, member, madeIn: row.generation, madeAt, madeWith: row.settings[member.settings] };
  }

  /** @param member the user's new record, or undefined to forget it */
  set(key: string, member: Member | undefined): void {
    const current = this.member(key);
    if (!current || current.member === member) return;
    const members = current.row.members.flatMap((each) => (userKey(each.userName) !== key ? [each] : member ? [member] : []));
    this.rows.set(current.row.number, { ...current.row, members });
    this.dirty.add(current.row.number);
    if (member) this.records.set(key, { number: current.row.number, member });
    else this.records.delete(key);
  }

  /** The same, with a record of other settings. */
  setWith(key: string, member: Member, settings: DesktopSettings): void {
    const current = this.member(key);
    if (!current) return;
    const text = JSON.stringify(settings);
    const known = current.row.settings.findIndex((each) => JSON.stringify(each) === text);
    const all = known < 0 ? [...current.row.settings, settings] : current.row.settings;
    this.rows.set(current.row.number, { ...current.row, settings: all });
    this.set(key, { ...member, settings: known < 0 ? all.length - 1 : known });
    this.forgetUnused(current.row.number);
  }

  /** Settings of before: a row must not grow with every change. */
  private forgetUnused(number: number): void {
    const row = this.rows.get(number)!;
    const used = [...new Set(row.members.map(({ settings }) => settings))].filter((index) => index >= 0);
    if (used.length === row.settings.length) return;
    const members = row.members.map((member) => ({ ...member, settings: used.indexOf(member.settings) }));
    this.rows.set(number, { ...row, settings: used.map((index) => row.settings[index]), members });
    for (const member of members) {
      const key = userKey(member.userName);
      if (this.records.get(key)?.number === number) this.records.set(key, { number, member });
    }
  }

  /** Writes what has changed. */
  async flush(ledger: Ledger, key: FleetKey): Promise<void> {
    for (const number of this.dirty) {
      await ledger.save(key, this.rows.get(number)!);
      this.dirty.delete(number);
    }
  }

  private member(key: string): { row: CallRow; member: Member } | undefined {
    const record = this.records.get(key);
    return record && { row: this.rows.get(record.number)!, member: record.member };
  }
}
