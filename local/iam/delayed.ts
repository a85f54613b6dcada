/** The present time, and how long a change takes to be in force, in milliseconds. */
export interface Timing {
  now(): number;
  delay(key: string): number;
}

interface Change<V> { readonly value?: V; readonly from: number }

/** Values by key. Writers see a change at once; it is in force after a delay. */
export class Delayed<V> {
  /** Changes by key, the oldest first: the one in force, and later ones. */
  private readonly changes = new Map<string, Change<V>[]>();

  constructor(private readonly timing: Timing) {}

  /** As last written. */
  get(key: string): V | undefined {
    return this.changes.get(key)?.at(-1)?.value;
  }

  /** As last written. */
  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** As last written. */
  keys(): string[] {
    return [...this.changes.keys()].filter((key) => this.has(key));
  }

  set(key: string, value: V): void {
    this.change(key, value);
  }

  /** @returns whether there was one */
  delete(key: string): boolean {
    const existed = this.has(key);
    if (existed) this.change(key, undefined);
    return existed;
  }

  /** In force now. */
  effective(key: string): V | undefined {
    return inForce(this.changes.get(key) ?? [], this.timing.now())?.value;
  }

  /** In force now, with their keys. */
  allEffective(): [string, V][] {
    return [...this.changes.keys()].flatMap((key): [string, V][] => {
      const value = this.effective(key);
      return value === undefined ? [] : [[key, value]];
    });
  }

  private change(key: string, value: V | undefined): void {
    const now = this.timing.now();
    const before = this.changes.get(key) ?? [];
    const current = inForce(before, now);
    const relevant = current ? before.slice(before.indexOf(current)) : before;
    this.changes.set(key, [...relevant, { value, from: now + this.timing.delay(key) }]);
  }
}

/** A later change replaces an earlier one that is not in force yet. */
function inForce<V>(changes: readonly Change<V>[], now: number): Change<V> | undefined {
  return changes.filter(({ from }) => from <= now).at(-1);
}
