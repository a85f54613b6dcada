import type { FleetModel } from './model';
import type { ChaosStack } from './stack';

/** More rows than users: a row without records is used again, and some steps need one more. */
const SPARE_ROWS = 8;

/** Watches that the ledger has the rows that it counts, and that it does not grow with each deployment. */
export class LedgerRows {
  constructor(private readonly stack: () => ChaosStack, private readonly find: (guarantee: 4 | 6, what: string) => void) {}

  /** Also right after a process has died: no death may look like rows that somebody has deleted. */
  checkCount({ fleetId, isDamaged, logicalId }: FleetModel): void {
    if (isDamaged) return;
    const { counted, numbers } = this.stack().rowsOf(fleetId);
    for (let number = 0; number < counted; number++) {
      if (!numbers.has(number)) this.find(4, `the ledger of ${logicalId} counts ${counted} rows, and does not have number ${number}`);
    }
  }

  checkGrowth({ fleetId, logicalId, everWanted }: FleetModel): void {
    const { numbers } = this.stack().rowsOf(fleetId);
    const most = everWanted.size + SPARE_ROWS;
    if (numbers.size > most) this.find(6, `the ledger of ${logicalId} has ${numbers.size} rows, and it never had more than ${everWanted.size} users`);
  }
}
