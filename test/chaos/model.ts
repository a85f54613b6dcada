import type { EventRecord } from './events';
import { STACK_ID } from './stack';
import { fleetId } from '../../lambda/request/identity';
import type { FleetProperties } from '../lambda/test-stack';

/** The fleets that a stack may have. */
export const LOGICAL_IDS = ['Fleet', 'Other', 'Third', 'Fourth', 'Fifth'];

/** A fleet as an administrator sees it: what is deployed, and which desktops people have. */
export class FleetModel {
  readonly fleetId: string;
  /** The properties that CloudFormation considers deployed. Undefined while the fleet is not in the stack. */
  deployed?: FleetProperties;
  /** After failed updates that were not rolled back: the properties to which CloudFormation would roll back. */
  stable?: FleetProperties;
  /** The users who had a desktop when the last operation on the stack had ended, by the desktop's id. */
  readonly theirs = new Map<string, string>();
  /** Desktops that stayed when the fleet was removed from the stack, and that no deployment has found since. */
  readonly kept = new Set<string>();
  /** Kept desktops that a create has found again. For these, `madeBy` has the settings of that create, not those of the desktop. */
  readonly takenUp = new Set<string>();
  /** Desktops of a delete that failed every time. The guarantees do not say whether they stay. */
  readonly abandoned = new Set<string>();
  /** True after a failure that this model does not follow. Until the next success, no success is expected. */
  isUnsure = false;
  /** Rows of its ledger were deleted. Until the next success, or until it is deleted, the ledger does not know all of its desktops. */
  isDamaged = false;
  /** Desktops of leavers, by id, that a committed update has left to its clean-up, and what happens to them. */
  readonly leaving = new Map<string, 'TERMINATE' | 'RELEASE'>();
  /** Desktops of another fleet whose users have moved here in an update that has succeeded, by id, with the event. They are still that fleet's. */
  readonly coming = new Map<string, EventRecord>();
  /** The property of the resource for removals that is deployed. */
  removals = '0';
  /** The event that CloudFormation has sent last. */
  latest?: EventRecord;
  /** All users who were ever on its list. */
  readonly everWanted = new Set<string>();
  /** The events in the order in which the ledger first recorded them. */
  readonly joined: EventRecord[] = [];

  constructor(readonly index: number, readonly logicalId: string) {
    this.fleetId = fleetId({ StackId: STACK_ID, LogicalResourceId: logicalId });
  }

  /** How many users may have a desktop, as far as the handler can know. A desktop that somebody terminated counts until the handler looks again. */
  get most(): number {
    return new Set([...this.theirs.values(), ...this.deployed?.users ?? [], ...this.stable?.users ?? []]).size;
  }

  get newest(): EventRecord | undefined {
    return this.joined.at(-1);
  }
}

/** How many desktops an update may terminate, according to the documentation. */
export function limitOf(text: string | undefined, desktops: number): number {
  if (text === undefined) return Math.max(1, Math.min(25, Math.floor(desktops / 10)));
  if (text === 'unlimited') return Infinity;
  return text.endsWith('%') ? Math.floor((desktops * parseInt(text, 10)) / 100) : Number(text);
}

/** How many users may be refused. */
export function toleranceOf(text: string, users: number): number {
  return text.endsWith('%') ? Math.floor((users * parseInt(text, 10)) / 100) : Number(text);
}
