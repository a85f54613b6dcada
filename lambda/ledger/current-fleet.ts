import type { FleetKey, FleetRow, Ledger } from './ledger';

/** The fleet's row while a step works on it. */
export class CurrentFleet {
  constructor(private readonly ledger: Ledger, readonly key: FleetKey, private current: FleetRow) {}

  get row(): FleetRow {
    return this.current;
  }

  get generation(): number {
    return this.current.generation;
  }

  /** @throws SupersededError when another generation has begun */
  async note(set: Partial<FleetRow>): Promise<void> {
    this.current = await this.ledger.change(this.key, this.generation, set);
  }
}
