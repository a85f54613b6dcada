import type { Desktop } from './desktop';
import type { Random } from '../core/random';

/** All desktops that ever existed. */
export class Desktops {
  private readonly all = new Map<string, Desktop>();
  private readonly existing = new Map<string, Desktop>();
  /** A user has two desktops during a migration. */
  private readonly byOwner = new Map<string, Set<Desktop>>();

  constructor(private readonly random: Random) {}

  get nextIndex(): number {
    return this.all.size;
  }

  /** The number of desktops whose id is not gone. */
  get count(): number {
    return this.existing.size;
  }

  newId(): string {
    for (;;) {
      const id = `ws-${this.random.text(9)}`;
      if (!this.all.has(id)) return id;
    }
  }

  add(desktop: Desktop): void {
    const key = keyOf(desktop);
    this.all.set(desktop.workspaceId, desktop);
    this.existing.set(desktop.workspaceId, desktop);
    this.byOwner.set(key, (this.byOwner.get(key) ?? new Set()).add(desktop));
  }

  /** Removes the id of a desktop. */
  remove(desktop: Desktop): void {
    const key = keyOf(desktop);
    this.existing.delete(desktop.workspaceId);
    this.byOwner.get(key)?.delete(desktop);
    if (this.byOwner.get(key)?.size === 0) this.byOwner.delete(key);
  }

  /** All desktops, also gone ones, in the order of their creation. */
  ever(): Desktop[] {
    return [...this.all.values()];
  }

  /** All desktops whose id is not gone, in the order of their creation. */
  present(): Desktop[] {
    return [...this.existing.values()];
  }

  find(workspaceId: string): Desktop | undefined {
    return this.existing.get(workspaceId);
  }

  ofOwner(directoryId: string, userName: string, workspaceName?: string): Desktop[] {
    return [...this.byOwner.get(ownerKey(directoryId, userName, workspaceName)) ?? []];
  }
}

/** User names in a directory are not case-sensitive. */
export function ownerKey(directoryId: string, userName: string, workspaceName = ''): string {
  return `${directoryId}/${userName.toLowerCase()}/${workspaceName}`;
}

function keyOf({ directoryId, userName, requested }: Desktop): string {
  return ownerKey(directoryId, userName, requested.WorkspaceName);
}
