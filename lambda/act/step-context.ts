import { DeniedInARow } from './denied-in-a-row';
import type { Sisters } from './sisters';
import type { Pace } from '../aws/pace';
import type { WorkspacesApi } from '../aws/workspaces-api';
import type { Clock } from '../core/clock';
import type { TimeLeft } from '../core/time-left';
import type { NewRecord } from '../ledger/call-row';
import type { CurrentFleet } from '../ledger/current-fleet';
import type { FleetRecords } from '../ledger/fleet-records';
import type { Ledger } from '../ledger/ledger';
import type { Transfers } from '../ledger/transfers';
import type { UserRecord } from '../ledger/user-record';

type Parts = Pick<StepContext, 'api' | 'pace' | 'tagsInIndex' | 'ledger' | 'clock' | 'fleet' | 'records' | 'time' | 'sisters' | 'transfers'>;

/** What the actions of one step need. */
export class StepContext {
  readonly api: WorkspacesApi;
  readonly pace: Pace;
  /** Tags of desktops as the index has them. The index may be behind. */
  readonly tagsInIndex: (ids: readonly string[]) => Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly fleet: CurrentFleet;
  readonly records: FleetRecords;
  readonly denials = new DeniedInARow();
  readonly time: TimeLeft;
  readonly sisters: Sisters;
  readonly transfers: Transfers;

  constructor({ api, pace, tagsInIndex, ledger, clock, fleet, records, time, sisters, transfers }: Parts) {
    this.api = api;
    this.pace = pace;
    this.tagsInIndex = tagsInIndex;
    this.ledger = ledger;
    this.clock = clock;
    this.fleet = fleet;
    this.records = records;
    this.time = time;
    this.sisters = sisters;
    this.transfers = transfers;
  }

  get generation(): number {
    return this.fleet.generation;
  }

  /** Whether nothing new may begin: the time of this step, or of the whole operation, is up. */
  get isTimeUp(): boolean {
    return this.time.isUp;
  }

  /** Writes the records that have changed. */
  async save(): Promise<void> {
    await this.records.flush(this.ledger, this.fleet.key, this.generation);
  }

  /** Notes users, without a call for them. They are written before this returns. @param isTimeUp whether no further row is begun */
  async note(users: readonly NewRecord[], made = { generation: this.generation, at: this.clock.now() }, isTimeUp?: () => boolean): Promise<void> {
    await this.records.note(this.ledger, this.fleet.key, this.generation, made, users, isTimeUp);
  }

  async saveRecord(key: string, record: UserRecord | undefined): Promise<void> {
    this.records.set(key, record);
    await this.save();
  }

  /** Call this right before each call that changes something. @throws SupersededError if a newer event has begun */
  async requireCurrent(): Promise<void> {
    await this.ledger.requireCurrent(this.fleet.key, this.generation);
  }
}
