import type { Workplace } from './act';
import { HOUR, MINUTE } from '../core/clock';
import { failureOf } from '../aws/errors';
import type { Changing, Member, MemberFailure, Note } from '../ledger/ledger';
import { log } from '../core/log';
import { INVISIBLE_FOR } from '../decide/observe';
import { type Ask, type Change, changeOf, differing, isLarger, isThere, nextOf, open, type Property, SMALLEST_LARGE_USER } from '../decide/settings-diff';
import type { Subject } from '../ledger/state';
import type { Desktop } from '../aws/workspaces-api';
import { type DesktopSettings, OWNERSHIP_TAG } from '../../src/private/contract';

/** The only states in which the service takes changes. */
const CHANGEABLE = ['AVAILABLE', 'STOPPED'];
/** States that pass by themselves within minutes. */
const PASSING = ['PENDING', 'REBOOTING', 'STARTING', 'STOPPING', 'REBUILDING', 'RESTORING', 'UPDATING'];
/** How the service says that it will take a change some time, only not now. */
const NOT_NOW = ['InvalidResourceStateException', 'OperationInProgressException', 'ResourceUnavailableException', 'ResourceInUseException'];

/** https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html */
const WAIT = 6 * HOUR;
const SMALLER_WAIT = 30 * 24 * HOUR;
/** Until a change that the service has taken shows, and after which it must have come to its end. */
const SHOWS_WITHIN = 10 * MINUTE;

/** In the record, of a tag whose value is not known: no tag can have this one. */
const UNSURE = '\u0000';

const RESOURCES: Readonly<Partial<Record<Property, string>>> = {
  RootVolumeSizeGib: 'ROOT_VOLUME', UserVolumeSizeGib: 'USER_VOLUME', ComputeTypeName: 'COMPUTE_TYPE', Protocols: 'PROTOCOL',
};

/** Whether it is still to be looked at: nothing happened, a call was made, or there is nothing left to do for now. */
export type Changed = 'waits' | 'asked' | 'done';

/** Does what can be done now for one desktop. */
export async function change(place: Workplace, subject: Subject, desktop: Desktop | undefined, which: 'undoable' | 'all'): Promise<Changed> {
  return new DesktopChange(place, subject, desktop, which).run();
}

class DesktopChange {
  private isOurs?: boolean;
  private hasAsked = false;

  constructor(
    private readonly place: Workplace,
    private readonly first: Subject,
    private readonly desktop: Desktop | undefined,
    private readonly which: 'undoable' | 'all',
  ) {}

  async run(): Promise<Changed> {
    for (;;) {
      const { member } = this.subject;
      if (!member?.id) return 'done';
      if (!this.desktop) return 'waits'; // not visible; whether it has gone is for others to see
      if (member.changing && !this.settled(member, member.changing, this.desktop)) return 'waits';
      const property = nextOf(open(this.subject, this.place.generation, this.which), this.desktop, this.first.wanted!.settings);
      if (property === undefined) return this.hasAsked ? 'asked' : 'done';
      const next = changeOf(this.subject, property, this.desktop);
      if (next.ask.kind === 'nothing') {
        this.record(this.subject.member!, next.settings);
        continue;
      }
      const isNow = next.ask.kind === 'tags' || this.mayAsk(property, next, this.desktop);
      if (isNow === 'waits') return 'waits';
      if (!isNow) continue;
      this.isOurs ??= (await this.place.api.tags(member.id))?.[OWNERSHIP_TAG] === this.place.fleet.fleetId;
      if (!this.isOurs) {
        this.note(property, 'it does not carry the tag of this fleet any more');
        continue;
      }
      const answer = next.ask.kind === 'tags' ? await this.tag(next, next.ask) : await this.modify(property, next, next.ask.properties);
      this.hasAsked = true;
      if (answer === 'waits') return 'asked';
    }
  }

  private get subject(): Subject {
    const { key, userName, wanted } = this.first;
    return this.place.state.subject(key, userName, wanted);
  }

  private set(member: Member): void {
    this.place.state.set(this.first.key, member);
  }

  private record(member: Member, settings: DesktopSettings): void {
    this.place.state.setWith(this.first.key, member, settings);
  }

  /** @returns whether the change before is over, one way or the other */
  private settled(member: Member, changing: Changing, desktop: Desktop): boolean {
    const now = this.place.clock.now();
    const state = desktop.changes[RESOURCES[changing.property] ?? ''];
    if (state === 'UPDATE_FAILED') {
      const what = `the change to ${described(changing.asked)} has failed`;
      this.refuse({ ...member, changing: undefined }, changing.from, changing.property, { code: 'UPDATE_FAILED', message: what });
      return true;
    }
    if (state !== undefined) return false;
    if (isThere(changing.asked, desktop)) {
      this.set({ ...member, changing: undefined });
      return true;
    }
    // A lost call may not have reached the service; one that was taken may not show yet, or the desktop restart.
    if (now - changing.at < (changing.isTaken ? SHOWS_WITHIN : INVISIBLE_FOR) || PASSING.includes(desktop.state)) return false;
    this.record({ ...member, changing: undefined }, changing.from);
    if (changing.isTaken) this.note(changing.property, `the service took the change to ${described(changing.asked)}, which does not show`);
    return true;
  }

  /** Whether the service would take it now; if only later, that is noted. */
  private mayAsk(property: Property, next: Change, { state, changes, actual }: Desktop): boolean | 'waits' {
    const underWay = Object.entries(changes).find(([, each]) => each === 'UPDATE_INITIATED' || each === 'UPDATE_IN_PROGRESS');
    if (underWay || PASSING.includes(state)) return 'waits';
    const what = described(next.ask.kind === 'properties' ? next.ask.properties : {});
    if (!CHANGEABLE.includes(state)) {
      this.note(property, `${what} when it is AVAILABLE or STOPPED; it is ${state}`);
      return false;
    }
    const first = this.first.wanted!.settings;
    const volumes = differing(this.subject).filter((each) => each !== property && each.endsWith('VolumeSizeGib'));
    const mustWait = (property === 'RootVolumeSizeGib' && (actual?.UserVolumeSizeGib ?? 0) < SMALLEST_LARGE_USER)
      || (property === 'ComputeTypeName' && first.ComputeTypeName!.startsWith('GENERALPURPOSE'));
    if (mustWait && volumes.length > 0) {
      this.note(property, `${what} after ${volumes.map((each) => `${each} ${first[each as 'UserVolumeSizeGib']}`).join(' and ')}`);
      return false;
    }
    const due = this.dueOf(property, next.settings, actual?.ComputeTypeName);
    if (due <= this.place.clock.now()) return true;
    this.note(property, `${what} from ${new Date(due).toISOString().slice(0, 16)}Z on`);
    return false;
  }

  /** When the service takes the next change, by what we know of those before; 0 where we know nothing. */
  private dueOf(property: Property, settings: DesktopSettings, type: string | undefined): number {
    const { member, madeAt = 0 } = this.subject;
    const { changedAt = {} } = member!;
    // When a desktop that was adopted or found was launched is not known.
    const launched = member!.adopted || member!.found ? 0 : madeAt;
    const after = (at: number, wait: number) => (at > 0 ? at + wait : 0);
    if (property === 'RootVolumeSizeGib' || property === 'UserVolumeSizeGib') return after(Math.max(launched, changedAt[property] ?? 0), WAIT);
    if (property !== 'ComputeTypeName') return 0;
    const larger = isLarger(settings.ComputeTypeName ?? '', type ?? '');
    if (larger === undefined) return 0;
    return larger ? after(Math.max(launched, changedAt.Larger ?? 0), WAIT) : after(changedAt.Smaller ?? 0, SMALLER_WAIT);
  }

  /** With the fleet's own tag, which is there already: our policy allows no tags without it. */
  private async tag(next: Change, { put, remove }: Extract<Ask, { kind: 'tags' }>): Promise<'waits' | undefined> {
    const { api, ledger, fleet, generation, state } = this.place;
    const id = this.subject.member!.id!;
    const from = this.subject.madeWith!;
    // Noted before: should this step die now, whoever comes next has to write these again, or take them off.
    const unsure = Object.fromEntries([...Object.keys(put), ...remove].map((tag) => [tag, UNSURE]));
    const between: DesktopSettings = { ...from, Tags: { ...from.Tags, ...unsure } };
    this.record(this.subject.member!, between);
    await state.flush(ledger, fleet);
    await ledger.requireCurrent(fleet, generation);
    let sofar = from;
    try {
      if (Object.keys(put).length > 0 && !(await api.tag(id, { ...put, [OWNERSHIP_TAG]: fleet.fleetId }))) return 'waits';
      sofar = { ...from, Tags: { ...from.Tags, ...put } };
      if (remove.length > 0 && !(await api.untag(id, remove))) return 'waits';
    } catch (error) {
      return this.failed(error, 'Tags', sofar);
    }
    this.record(this.subject.member!, next.settings);
    return undefined;
  }

  private async modify(property: Property, next: Change, asked: Readonly<Record<string, unknown>>): Promise<'waits' | undefined> {
    const { api, clock, ledger, fleet, generation, state } = this.place;
    const { member, madeWith } = this.subject;
    const changing: Changing = { property, from: madeWith!, at: clock.now(), isTaken: false, asked };
    this.record({ ...member!, changing, was: this.was(asked) }, next.settings);
    await state.flush(ledger, fleet);
    await ledger.requireCurrent(fleet, generation);
    log('change', { user: this.first.userName, property });
    try {
      await api.modify(member!.id!, asked);
    } catch (error) {
      return this.failed(error, property, madeWith!);
    }
    const taken = this.subject.member!;
    if (property === 'RunningMode') {
      this.set({ ...taken, changing: undefined });
      return undefined;
    }
    this.set({ ...taken, changing: { ...changing, isTaken: true }, changedAt: { ...taken.changedAt, ...this.waits(property, asked) } });
    return 'waits';
  }

  /** Where the template did not say what the desktop is like, a rollback can only know it from here. */
  private was(asked: Readonly<Record<string, unknown>>): Member['was'] {
    const { member, madeWith } = this.subject;
    const { generation, current: { row: { rollback } } } = this.place;
    if (rollback?.generation === generation && rollback.is) return member!.was;
    const actual = (this.desktop!.actual ?? {}) as Record<string, unknown>;
    const before = Object.keys(asked)
      .filter((each) => madeWith![each as keyof DesktopSettings] === undefined && actual[each] !== undefined)
      .map((each) => [each, Array.isArray(actual[each]) ? actual[each] : String(actual[each])]);
    const kept = member!.was?.generation === generation ? member!.was.settings : {};
    return before.length > 0 ? { generation, settings: { ...Object.fromEntries(before), ...kept } } : member!.was;
  }

  private waits(property: Property, asked: Readonly<Record<string, unknown>>): Record<string, number> {
    const now = this.place.clock.now();
    if (property !== 'ComputeTypeName') return { [property]: now };
    const larger = isLarger(String(asked.ComputeTypeName), this.desktop!.actual?.ComputeTypeName ?? '');
    return { [larger ? 'Larger' : 'Smaller']: now };
  }

  private failed(error: unknown, property: Property, from: DesktopSettings): 'waits' | undefined {
    const { name, message } = error as Error;
    const failure = failureOf(error);
    log('change failed', { user: this.first.userName, property, failure, error: `${name}: ${message}` });
    if (failure === 'unknown') return 'waits'; // it may have been taken: the desktop shows it, or not
    const member = { ...this.subject.member!, changing: undefined };
    if (failure === 'throttled' || failure === 'denied') {
      this.record(member, from);
      throw error;
    }
    if (name === 'ResourceNotFoundException') {
      this.record(member, from);
      return 'waits';
    }
    if (!NOT_NOW.includes(name)) {
      this.refuse(member, from, property, { code: name, message });
      return undefined;
    }
    this.record(member, from);
    if (name !== 'InvalidResourceStateException' || !isTimed(property)) return 'waits';
    const types = [this.first.wanted!.settings.ComputeTypeName ?? '', this.desktop!.actual?.ComputeTypeName ?? ''] as const;
    const isSmaller = property === 'ComputeTypeName' && isLarger(...types) === false;
    const latest = new Date(this.place.clock.now() + (isSmaller ? SMALLER_WAIT : WAIT)).toISOString().slice(0, 16);
    this.note(property, `${property} as soon as the service takes it, at the latest from ${latest}Z on (${message})`);
    return undefined;
  }

  private refuse(member: Member, settings: DesktopSettings, property: Property, { code, message }: Pick<MemberFailure, 'code' | 'message'>): void {
    const { generation, clock } = this.place;
    const changeFailure = { code, message: `${property}: ${message}`, attempts: 1, generation, at: clock.now(), property };
    this.record({ ...member, changeFailure }, settings);
  }

  private note(property: Note['property'], text: string): void {
    const member = this.subject.member!;
    this.set(noted(member, this.place.generation, { property, text }));
  }
}

/** With one more thing that is left for later. */
export function noted(member: Member, generation: number, note: Note): Member {
  const before = member.notes?.generation === generation ? member.notes.notes : [];
  if (before.some(({ property, text }) => property === note.property && text === note.text)) return member;
  return { ...member, notes: { generation, notes: [...before.filter(({ property }) => property !== note.property), note] } };
}

function isTimed(property: Property): boolean {
  return property === 'ComputeTypeName' || property === 'RootVolumeSizeGib' || property === 'UserVolumeSizeGib';
}

function described(asked: Readonly<Record<string, unknown>>): string {
  return Object.entries(asked).map(([member, value]) => `${member} ${Array.isArray(value) ? value.join(', ') : value}`).join(', ');
}
