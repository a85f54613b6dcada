/**
 * Groups of members that a call is made for, after the service has rejected it for all of them together: each half by itself, until the member
 * is found who is the reason.
 */
export class Halving<T> {
  private readonly groups: (readonly T[])[] = [];

  /** The next group to try. */
  next(): readonly T[] | undefined {
    return this.groups.pop();
  }

  /** Notes that the service has rejected a group. @returns false if the group is a single member, who is the reason */
  split(group: readonly T[]): boolean {
    if (group.length <= 1) return false;
    const half = Math.ceil(group.length / 2);
    this.groups.push(group.slice(half), group.slice(0, half));
    return true;
  }
}
