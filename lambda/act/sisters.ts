import { RESOURCE_TYPE } from '../../src/private/contract';
import type { ShownResource } from '../aws/stack-status';
import { MINUTE } from '../core/clock';
import { log } from '../core/log';
import { OutOfTime } from '../core/time-left';
import type { Holder } from '../decide/observe';
import { FleetRecords } from '../ledger/fleet-records';
import type { Ledger } from '../ledger/ledger';
import type { FleetKey, FleetRow } from '../ledger/rows';
import type { SeenEvents } from '../ledger/seen-events';
import type { DesktopRecord } from '../ledger/user-record';

/** What the ledger says of another fleet of the stack. */
export interface Sister {
  readonly row: FleetRow;
  readonly records: FleetRecords;
}

/** What CloudFormation says of the stack. */
export interface StackOfFleets {
  status(): Promise<string>;
  resource(logicalId: string): Promise<ShownResource | undefined>;
  /** Of the template that is being deployed. */
  logicalIds(): Promise<ReadonlySet<string>>;
}

/** CloudFormation updates the fleets of a stack at the same time, unless one depends on the other. So long, the other one's event may be late. */
const MAY_COME_WITHIN = 2 * MINUTE;
/** The same, while that fleet works for an event. */
const MAY_WORK_FOR = 10 * MINUTE;

/** The other fleets of the stack in the same directory. Each is read once in a step: only the step with the stack's lease changes their records. */
export class Sisters {
  private readonly read = new Map<string, Promise<Sister | undefined>>();
  private readonly shown = new Map<string, Promise<boolean>>();
  private status?: Promise<string>;
  private template?: Promise<ReadonlySet<string> | undefined>;

  constructor(
    private readonly ledger: Pick<Ledger, 'fleet' | 'calls'>,
    private readonly seenEvents: Pick<SeenEvents, 'all'>,
    private readonly stack: StackOfFleets,
    private readonly own: FleetKey,
  ) {}

  /** Undefined if the ledger has no such fleet of this stack, or if it is the fleet itself. */
  async find(fleetId: string): Promise<Sister | undefined> {
    if (fleetId === this.own.fleetId || stackOf(fleetId) !== stackOf(this.own.fleetId)) return undefined;
    return once(this.read, fleetId, async () => {
      const key = this.keyOf(fleetId);
      const row = await this.ledger.fleet(key);
      return row && { row, records: new FleetRecords(await this.ledger.calls(key), row.nextCall) };
    });
  }

  /** Whether the fleet is in the stack, with this directory. Nobody manages the desktops of one that is not. */
  async isInStack(fleetId: string): Promise<boolean> {
    const logicalId = (await this.find(fleetId))?.row.logicalId;
    if (logicalId === undefined) return false;
    return once(this.shown, fleetId, async () => {
      const { type, status, physicalId } = await this.stack.resource(logicalId) ?? {};
      return type === RESOURCE_TYPE && !/^DELETE_(COMPLETE|SKIPPED)$/.test(status ?? '') && physicalId === `${fleetId}/${this.own.directoryId}`;
    });
  }

  /**
   * Whether a fleet gives up the desktop of one of its users: in its own update, which may come later than ours, or because it is removed from the stack.
   * @param waited for how long we have waited for that
   */
  async givesUp(fleetId: string, { leaves }: DesktopRecord, waited: number): Promise<Holder['givesUp']> {
    if (leaves && leaves.returnedIn === undefined) return 'yes';
    this.status ??= this.stack.status();
    if (await this.status === 'CREATE_IN_PROGRESS') return 'no'; // nobody leaves a fleet that is being created
    const { generation, settled } = (await this.find(fleetId))!.row;
    const isWorking = generation !== settled.generation || (await this.seenEvents.all(this.keyOf(fleetId))).size > 0;
    if (waited < (isWorking ? MAY_WORK_FOR : MAY_COME_WITHIN)) return 'not yet known';
    return await this.isBeingRemoved(fleetId) ? 'yes' : 'no';
  }

  /** Whether all fleets of the stack are deleted. Not if that cannot be read. */
  async areDeleted(): Promise<boolean> {
    this.status ??= this.stack.status();
    return await this.status.catch(() => '') === 'DELETE_IN_PROGRESS';
  }

  private async isBeingRemoved(fleetId: string): Promise<boolean> {
    const logicalId = (await this.find(fleetId))?.row.logicalId;
    this.template ??= this.stack.logicalIds().catch((error) => {
      if (error instanceof OutOfTime) throw error;
      log('the template is unknown', { error: `${error.name}: ${error.message}` });
      return undefined;
    });
    const logicalIds = await this.template;
    return logicalId !== undefined && logicalIds !== undefined && !logicalIds.has(logicalId);
  }

  keyOf(fleetId: string): FleetKey {
    return { fleetId, directoryId: this.own.directoryId };
  }
}

function stackOf(fleetId: string): string {
  return fleetId.split('/')[0];
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? read();
  known.set(key, answer);
  return answer;
}
