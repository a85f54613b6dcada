import { rejection, tagStays } from './denials';
import { tagsOf } from './ownership';
import type { StepContext } from './step-context';
import { type DesktopSettings, OWNERSHIP_TAG } from '../../src/private/contract';
import { failureOf } from '../aws/errors';
import type { ObservedDesktop } from '../aws/workspaces-api';
import { HOUR, MINUTE } from '../core/clock';
import { log } from '../core/log';
import { failedChanges, isFinal, WHERE_TO_LOOK } from '../decide/failures';
import { type Ask, callFor, type Change, isLarger, isThere, nextOf, openChanges, settingsDiff, SMALLEST_LARGE_USER } from '../decide/settings-diff';
import { INVISIBLE_FOR } from '../decide/terms';
import { recordedText } from '../ledger/bounds';
import { type DesiredUser, type DesktopUser, hasDesktop } from '../ledger/user';
import type { ChangeFailure, Changing, DesktopRecord, Note, RecordedFailure } from '../ledger/user-record';
import { type ChangeableSetting, GROWING, ruleOf, type Setting } from '../request/desktop-settings';

/** The only states in which the service accepts changes. */
const CHANGEABLE_IN = ['AVAILABLE', 'STOPPED'];
/** States that end by themselves within minutes. */
const PASSING = ['PENDING', 'REBOOTING', 'STARTING', 'STOPPING', 'REBUILDING', 'RESTORING', 'UPDATING'];
/** Errors that mean: the service will accept the change later, but not now. */
const NOT_NOW = ['InvalidResourceStateException', 'OperationInProgressException', 'ResourceUnavailableException', 'ResourceInUseException'];

/** https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html */
const WAIT = 6 * HOUR;
const SMALLER_WAIT = 30 * 24 * HOUR;
/** An accepted change shows within this time. After it, the change has ended, one way or the other. */
const SHOWS_WITHIN = 10 * MINUTE;

/** Stands in the record for a tag value that is not known. No real tag can have this value. */
const UNSURE = '\u0000';

/** `waits`: nothing can be done yet. `asked`: a call was made. `done`: there is nothing left to do for now. */
export type Changed = 'waits' | 'asked' | 'done';

/** Does what can be done now for one desktop. */
export async function applySettings(context: StepContext, user: DesktopUser & DesiredUser, desktop: ObservedDesktop | undefined, which: 'undoable' | 'all'): Promise<Changed> {
  return new DesktopChange(context, user, desktop, which).run();
}

class DesktopChange {
  private isOurs?: boolean;
  private hasAsked = false;

  constructor(
    private readonly context: StepContext,
    private readonly first: DesktopUser & DesiredUser,
    private readonly desktop: ObservedDesktop | undefined,
    private readonly which: 'undoable' | 'all',
  ) {}

  async run(): Promise<Changed> {
    for (;;) {
      const { record } = this.user;
      if (!this.desktop) return 'waits'; // not visible; another action decides whether it is gone
      if (record.changing && !this.settled(record, record.changing, this.desktop)) return 'waits';
      const property = nextOf(openChanges(this.user, this.context.generation, this.which), this.desktop, this.first.desired.settings);
      if (property === undefined) return this.hasAsked ? 'asked' : 'done';
      const next = callFor(this.user, property, this.desktop);
      if (next.ask.kind === 'nothing') {
        this.record(this.user.record, next.settings);
        continue;
      }
      const isNow = next.ask.kind === 'tags' || this.mayAsk(property, next, this.desktop);
      if (isNow === 'waits') return 'waits';
      if (!isNow) continue;
      try {
        const tags = this.isOurs === undefined ? await tagsOf(this.context, record.id) : undefined;
        if (tags === 'unclear') return 'waits';
        this.isOurs ??= tags?.[OWNERSHIP_TAG] === this.context.fleet.fleetId;
      } catch (error) {
        return this.failed(error, property, this.user.recordedSettings!) ?? 'asked';
      }
      if (!this.isOurs) {
        this.note(property, 'it no longer carries the tag of this fleet');
        continue;
      }
      const answer = next.ask.kind === 'tags' ? await this.tag(next, next.ask) : await this.modify(property, next, next.ask.properties);
      this.hasAsked = true;
      if (answer === 'waits') return 'asked';
    }
  }

  /** The user as the ledger has it now. No code in this class forgets a desktop. */
  private get user(): DesktopUser {
    const { key, userName, desired } = this.first;
    const user = this.context.records.user(key, userName, desired);
    return hasDesktop(user) ? user : this.first;
  }

  private set(record: DesktopRecord): void {
    this.context.records.set(this.first.key, record);
  }

  private record(record: DesktopRecord, settings: DesktopSettings): void {
    this.context.records.setWith(this.first.key, record, settings);
  }

  /** @returns whether the previous change is over, with or without success */
  private settled(record: DesktopRecord, changing: Changing, desktop: ObservedDesktop): boolean {
    const now = this.context.clock.now();
    const state = desktop.changes[ruleOf(changing.property).resource ?? ''];
    if (state === 'UPDATE_FAILED') {
      const what = `the change to ${described(changing.asked)} has failed`;
      this.refuse({ ...record, changing: undefined }, changing.from, changing.property, { code: 'UPDATE_FAILED', message: what });
      return true;
    }
    if (state !== undefined) return false;
    if (isThere(changing.asked, desktop)) {
      this.set({ ...record, changing: undefined });
      return true;
    }
    // If the answer was lost, the call may not have reached the service. An accepted change may not show yet, or the desktop may be restarting.
    if (now - changing.at < (changing.isTaken ? SHOWS_WITHIN : INVISIBLE_FOR) || PASSING.includes(desktop.state)) return false;
    this.record({ ...record, changing: undefined }, changing.from);
    if (changing.isTaken) this.note(changing.property, `the service accepted the change to ${described(changing.asked)}, but the desktop does not show it`);
    return true;
  }

  /** Whether the service would accept the change now. If it would only later, a note says so. */
  private mayAsk(property: ChangeableSetting, next: Change, { state, changes, actual }: ObservedDesktop): boolean | 'waits' {
    const underWay = Object.entries(changes).find(([, each]) => each === 'UPDATE_INITIATED' || each === 'UPDATE_IN_PROGRESS');
    if (underWay || PASSING.includes(state)) return 'waits';
    const what = described(next.ask.kind === 'properties' ? next.ask.properties : {});
    if (!CHANGEABLE_IN.includes(state)) {
      this.note(property, `${what} when it is AVAILABLE or STOPPED; it is ${state}`);
      return false;
    }
    const first = this.first.desired.settings;
    const volumes = settingsDiff(this.user).filter((each) => each !== property && (GROWING as readonly string[]).includes(each));
    const mustWait = (property === 'RootVolumeSizeGib' && (actual?.UserVolumeSizeGib ?? 0) < SMALLEST_LARGE_USER)
      || (property === 'ComputeTypeName' && first.ComputeTypeName!.startsWith('GENERALPURPOSE'));
    if (mustWait && volumes.length > 0) {
      this.note(property, `${what} after ${volumes.map((each) => `${each} ${first[each as 'UserVolumeSizeGib']}`).join(' and ')}`);
      return false;
    }
    const due = this.dueOf(property, next.settings, actual?.ComputeTypeName);
    if (due <= this.context.clock.now()) return true;
    this.note(property, `${what} from ${new Date(due).toISOString().slice(0, 16)}Z on`);
    return false;
  }

  /** When the service accepts the next change, judged by earlier changes that we know of. 0 if we know of none. */
  private dueOf(property: ChangeableSetting, settings: DesktopSettings, type: string | undefined): number {
    const { record, madeAt } = this.user;
    const { changedAt = {} } = record;
    // The launch time of an adopted or found desktop is not known.
    const launched = record.adopted || record.found ? 0 : madeAt;
    const after = (at: number, wait: number) => (at > 0 ? at + wait : 0);
    if (property === 'RootVolumeSizeGib' || property === 'UserVolumeSizeGib') return after(Math.max(launched, changedAt[property] ?? 0), WAIT);
    if (property !== 'ComputeTypeName') return 0;
    const larger = isLarger(settings.ComputeTypeName ?? '', type ?? '');
    if (larger === undefined) return 0;
    return larger ? after(Math.max(launched, changedAt.Larger ?? 0), WAIT) : after(changedAt.Smaller ?? 0, SMALLER_WAIT);
  }

  /** Also sends the fleet's own tag, although the desktop has it: our policy allows no call without it. */
  private async tag(next: Change, { put, remove }: Extract<Ask, { kind: 'tags' }>): Promise<'waits' | undefined> {
    const { api, fleet } = this.context;
    const id = this.user.record.id;
    const from = this.user.recordedSettings!;
    // Noted before the call: if this step dies, the next one must write or remove these tags again.
    const unsure = Object.fromEntries([...Object.keys(put), ...remove].map((tag) => [tag, UNSURE]));
    const between: DesktopSettings = { ...from, Tags: { ...from.Tags, ...unsure } };
    this.record(this.user.record, between);
    await this.context.save();
    await this.context.requireCurrent();
    try {
      if (Object.keys(put).length > 0 && !(await api.tag(id, { ...put, [OWNERSHIP_TAG]: fleet.fleetId }))) return 'waits';
    } catch (error) {
      return this.failed(error, 'Tags', from);
    }
    const sofar = { ...from, Tags: { ...from.Tags, ...put } };
    try {
      if (remove.length > 0 && !(await api.untag(id, remove))) return 'waits';
    } catch (error) {
      if (failureOf(error) !== 'denied') return this.failed(error, 'Tags', sofar);
      await this.keepTags(error, sofar, remove);
      return undefined;
    }
    this.accepted('Tags', next.settings);
    return undefined;
  }

  private async modify(property: ChangeableSetting, next: Change, asked: Readonly<Record<string, unknown>>): Promise<'waits' | undefined> {
    const { api, clock } = this.context;
    const { record, recordedSettings } = this.user;
    const changing: Changing = { property, from: recordedSettings!, at: clock.now(), isTaken: false, asked };
    this.record({ ...record, changing, settingsBefore: this.settingsBefore(asked) }, next.settings);
    await this.context.save();
    await this.context.requireCurrent();
    log('change', { user: this.first.userName, property });
    try {
      await api.modify(record.id, asked);
    } catch (error) {
      return this.failed(error, property, recordedSettings!);
    }
    this.context.denials.passed('workspaces:ModifyWorkspaceProperties');
    this.accepted(property, next.settings);
    const taken = this.user.record;
    if (property === 'RunningMode') {
      this.set({ ...taken, changing: undefined });
      return undefined;
    }
    this.set({ ...taken, changing: { ...changing, isTaken: true }, changedAt: { ...taken.changedAt, ...this.waits(property, asked) } });
    return 'waits';
  }

  /** Values that the template does not specify, as they were before the change. A rollback can find them only here. */
  private settingsBefore(asked: Readonly<Record<string, unknown>>): DesktopRecord['settingsBefore'] {
    const { record, recordedSettings } = this.user;
    const { generation, fleet } = this.context;
    if (fleet.current.rollsBack) return record.settingsBefore;
    const actual = (this.desktop!.actual ?? {}) as Record<string, unknown>;
    const before = Object.keys(asked)
      .filter((each) => recordedSettings![each as Setting] === undefined && actual[each] !== undefined)
      .map((each) => [each, Array.isArray(actual[each]) ? actual[each] : String(actual[each])]);
    const known = record.settingsBefore?.generation === generation ? record.settingsBefore.settings : {};
    return before.length > 0 ? { generation, settings: { ...Object.fromEntries(before), ...known } } : record.settingsBefore;
  }

  private waits(property: ChangeableSetting, asked: Readonly<Record<string, unknown>>): Record<string, number> {
    const now = this.context.clock.now();
    if (property !== 'ComputeTypeName') return { [property]: now };
    const larger = isLarger(String(asked.ComputeTypeName), this.desktop!.actual?.ComputeTypeName ?? '');
    return { [larger ? 'Larger' : 'Smaller']: now };
  }

  private failed(error: unknown, property: ChangeableSetting, from: DesktopSettings): 'waits' | undefined {
    const { name, message } = error as Error;
    const failure = failureOf(error);
    log('change failed', { user: this.first.userName, property, failure, error: `${name}: ${message}` });
    if (failure === 'unknown') return 'waits'; // it may have been accepted: the desktop will show it, or not
    const record: DesktopRecord = { ...this.user.record, changing: undefined };
    if (failure === 'throttled') {
      this.record(record, from);
      throw error;
    }
    if (failure === 'denied') {
      this.record(record, from);
      return this.denied(error, property, from);
    }
    if (name === 'ResourceNotFoundException') {
      this.record(record, from);
      return 'waits';
    }
    if (!NOT_NOW.includes(name)) {
      this.refuse(record, from, property, { code: name, message });
      return undefined;
    }
    this.record(record, from);
    if (name !== 'InvalidResourceStateException' || !isTimed(property)) return 'waits';
    const types = [this.first.desired.settings.ComputeTypeName ?? '', this.desktop!.actual?.ComputeTypeName ?? ''] as const;
    const isSmaller = property === 'ComputeTypeName' && isLarger(...types) === false;
    const latest = new Date(this.context.clock.now() + (isSmaller ? SMALLER_WAIT : WAIT)).toISOString().slice(0, 16);
    this.note(property, `${property} as soon as the service accepts it, at the latest from ${latest}Z on (${message})`);
    return undefined;
  }

  private denied(error: unknown, property: ChangeableSetting, settings: DesktopSettings): 'waits' | undefined {
    const { record } = this.user;
    const failure = rejection(this.context, error, record.changeFailure);
    this.record({ ...record, changeFailure: { ...failure, property, earlier: this.otherFailure(property) } }, settings);
    return isFinal(record, failure) ? undefined : 'waits';
  }

  /** Nothing depends on a tag that the template no longer has. */
  private async keepTags(error: unknown, settings: DesktopSettings, tags: readonly string[]): Promise<void> {
    this.accepted('Tags', settings);
    await tagStays(this.context, error);
    const names = tags.map((tag) => JSON.stringify(tag)).join(', ');
    this.note('Tags', `the ${tags.length === 1 ? 'tag' : 'tags'} ${names} ${tags.length === 1 ? 'stays' : 'stay'}, because AWS denies workspaces:DeleteTags: ${WHERE_TO_LOOK}`);
  }

  /** Records a change that the service has accepted. It may have denied it before. */
  private accepted(property: ChangeableSetting, settings: DesktopSettings): void {
    const { record } = this.user;
    this.record({ ...record, changeFailure: this.otherFailure(property) }, settings);
  }

  /** What has failed of other settings, in this generation. */
  private otherFailure(property: ChangeableSetting): ChangeFailure | undefined {
    const { record } = this.user;
    return failedChanges(record, this.context.generation).find((each) => each.property !== property);
  }

  private refuse(record: DesktopRecord, settings: DesktopSettings, property: ChangeableSetting, { code, message }: Pick<RecordedFailure, 'code' | 'message'>): void {
    const { generation, clock } = this.context;
    const changeFailure = { code, message: `${property}: ${message}`, attempts: 1, generation, at: clock.now(), property, earlier: this.otherFailure(property) };
    this.record({ ...record, changeFailure }, settings);
  }

  private note(property: Note['property'], text: string): void {
    this.set(noted(this.user.record, this.context.generation, { property, text }));
  }
}

/** The record with one more note of what is left for later. */
export function noted(record: DesktopRecord, generation: number, left: Note): DesktopRecord {
  const note: Note = { ...left, text: recordedText(left.text) };
  const before = record.notes?.generation === generation ? record.notes.notes : [];
  if (before.some(({ property, text }) => property === note.property && text === note.text)) return record;
  return { ...record, notes: { generation, notes: [...before.filter(({ property }) => property !== note.property), note] } };
}

/** Whether the service accepts such a change only some time after the previous one. */
function isTimed(property: ChangeableSetting): boolean {
  return property === 'ComputeTypeName' || (GROWING as readonly string[]).includes(property);
}

function described(asked: Readonly<Record<string, unknown>>): string {
  return Object.entries(asked).map(([member, value]) => `${member} ${Array.isArray(value) ? value.join(', ') : value}`).join(', ');
}
