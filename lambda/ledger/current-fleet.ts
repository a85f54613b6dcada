import type { Ledger } from './ledger';
import type { CurrentGeneration, FleetKey, FleetRow } from './rows';

/** The fleet's row while a step works on it. Only the step that has the lease writes it. A newer event ends the generation. */
export class CurrentFleet {
  constructor(private readonly ledger: Ledger, readonly key: FleetKey, private latest: FleetRow) {}

  get row(): FleetRow {
    return this.latest;
  }

  /** How far this generation has come. */
  get current(): CurrentGeneration {
    return this.latest.current;
  }

  get generation(): number {
    return this.latest.generation;
  }

  get fleetId(): string {
    return this.key.fleetId;
  }

  get directoryId(): string {
    return this.key.directoryId;
  }

  /** @throws SupersededError if another generation has begun */
  async note(set: Partial<FleetRow>): Promise<void> {
    this.latest = await this.ledger.change(this.key, this.generation, set, this.latest);
  }

  /** @throws SupersededError if another generation has begun */
  async progress(set: Partial<CurrentGeneration>): Promise<void> {
    this.latest = await this.ledger.progress(this.key, this.generation, set, this.latest);
  }
}
