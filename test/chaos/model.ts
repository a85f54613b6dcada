import type { EventRecord } from './events';
import { STACK_ID } from './stack';
import { fleetId } from '../../lambda/request/identity';
import type { FleetProperties } from '../lambda/test-stack';

/** A fleet as an administrator has it in mind: what is deployed, and which desktops are people's. */
export class FleetModel {
  readonly fleetId: string;
  /** What CloudFormation takes for deployed; absent while the fleet is not in the stack. */
  deployed?: FleetProperties;
  /** After failed updates that were left as they are: what CloudFormation would take the fleet back to. */
  stable?: FleetProperties;
  /** Users, by the ids of desktops that were theirs when the last operation on the stack had ended. */
  readonly theirs = new Map<string, string>();
  /** Desktops that stayed when the fleet was taken out of the stack, and that no deployment has taken up since. */
  readonly kept = new Set<string>();
  /** Those of them that a create has taken up again, as they were: what they are said to have been made with is what that create had asked for. */
  readonly takenUp = new Set<string>();
  /** Desktops that a delete should have taken away, which failed as often as it was tried: whether they stay is left open. */
  readonly abandoned = new Set<string>();
  /** Something failed that we do not follow up: no success is promised from here on, until one has been reached. */
  isUnsure = false;
  /** The event that the ledger has had last for the first time, and those before it. */
  readonly joined: EventRecord[] = [];

  constructor(readonly index: number, readonly logicalId: string) {
    this.fleetId = fleetId({ StackId: STACK_ID, LogicalResourceId: logicalId });
  }

  /** How many users may have a desktop, by all that the handler can know: also one that somebody has terminated and nobody has asked about since. */
  get most(): number {
    return new Set([...this.theirs.values(), ...this.deployed?.users ?? [], ...this.stable?.users ?? []]).size;
  }

  get newest(): EventRecord | undefined {
    return this.joined.at(-1);
  }
}

/** How many of so many may go, as the README has it. */
export function limitOf(text: string | undefined, desktops: number): number {
  if (text === undefined) return Math.max(1, Math.min(25, Math.floor(desktops / 10)));
  if (text === 'unlimited') return Infinity;
  return text.endsWith('%') ? Math.floor((desktops * parseInt(text, 10)) / 100) : Number(text);
}

/** How many users may be refused. */
export function toleranceOf(text: string, users: number): number {
  return text.endsWith('%') ? Math.floor((users * parseInt(text, 10)) / 100) : Number(text);
}
