/** After so many desktops in a row, it is not one among many: the step ends, and the next one begins with others. */
const MOST_IN_A_ROW = 8;

/** What AWS denies in a step, for how many desktops in a row. */
export class DeniedInARow {
  private readonly inARow = new Map<string, number>();

  /** The service has accepted such a call. */
  passed(action: string): void {
    this.inARow.delete(action);
  }

  /** @returns whether it is denied for too many */
  add(action: string): boolean {
    const count = (this.inARow.get(action) ?? 0) + 1;
    this.inARow.set(action, count);
    return count > MOST_IN_A_ROW;
  }
}
