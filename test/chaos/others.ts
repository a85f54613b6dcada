import { isLeaving } from './effects';
import type { Act } from './history';
import type { ChaosStack } from './stack';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { BUNDLE, DIRECTORY } from '../lambda/test-stack';

/** Everybody except the handler: what they do, and which users it affects. */
export class Others {
  /** Users for whom somebody did something that may change the result of a deployment. */
  readonly disturbed = new Set<string>();
  private readonly touched = new Set<string>();
  private readonly retagged = new Set<string>();
  private readonly owners = new Map<string, string>();
  private readonly rivalled = new Set<string>();
  /** Users whose desktop was broken between two operations, and to whom nothing else was done. */
  private readonly broken = new Set<string>();

  constructor(private readonly stack: () => ChaosStack, private readonly trace: (text: string) => void) {}

  /** Stopping a desktop does not count, because it is normal use. */
  hasTouched(id: string): boolean {
    return this.touched.has(id);
  }

  changedTagsOf(id: string): boolean {
    return this.retagged.has(id);
  }

  hasRivalled(id: string): boolean {
    return this.rivalled.has(id);
  }

  /** Whether all that was done to the user's desktop is that it broke before a deployment. */
  isOnlyBroken(user: string): boolean {
    return this.broken.has(user);
  }

  /** Another stack, which has seen the desktop without a tag, adopts it, too. */
  rival(id: string, user: string): void {
    if (this.rivalled.has(id)) return;
    this.rivalled.add(id);
    this.retag(id, () => this.stack().workspaces.others.tag(id, { [OWNERSHIP_TAG]: 'another/fleet', [ADOPTED_TAG]: 'true' }));
    this.disturb(user);
    this.trace(`another stack adopts ${user} (${id})`);
  }

  /**
   * Does nothing if the action is not possible at this moment.
   * @param isTheirs whether the user's desktop is one of a fleet whose deployment has succeeded, and no operation is under way
   */
  act({ what, user }: Act, isTheirs = false): void {
    const { workspaces } = this.stack();
    const desktop = workspaces.desktops().find((each) => each.userName === user && !isLeaving(each));
    try {
      if (what === 'make') {
        this.settleIn(user);
      } else if (desktop) {
        this.onDesktop(what, desktop.workspaceId, desktop.tags[OWNERSHIP_TAG]);
        if (what !== 'stop') this.touched.add(desktop.workspaceId);
      } else {
        return;
      }
    } catch {
      return;
    }
    this.trace(`somebody: ${what} ${user}${desktop ? ` (${desktop.workspaceId})` : ''}`);
    if (what === 'stop') return;
    const wasDisturbed = this.disturbed.has(user);
    this.disturb(user);
    if (what === 'break' && isTheirs && !wasDisturbed) this.broken.add(user);
  }

  /** Somebody makes a desktop for a user. */
  settleIn(user: string): void {
    this.touched.add(this.stack().workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: user }));
  }

  private disturb(user: string): void {
    this.disturbed.add(user);
    this.broken.delete(user);
  }

  /** Ends the suspension of desktops whose image was being made. */
  endSuspensions(): void {
    const { workspaces } = this.stack();
    for (const { workspaceId, state } of workspaces.desktops()) if (state === 'SUSPENDED') workspaces.others.release(workspaceId);
  }

  private onDesktop(what: Exclude<Act['what'], 'make'>, id: string, owner: string | undefined): void {
    const { workspaces } = this.stack();
    if (owner !== undefined && !this.owners.has(id)) this.owners.set(id, owner);
    switch (what) {
      case 'terminate': return workspaces.terminateElsewhere(id);
      case 'stop': return workspaces.others.stop(id);
      case 'suspend': return workspaces.others.suspend(id);
      case 'break': return workspaces.setState(id, 'ERROR', { code: 'Broken', message: 'it broke' });
      case 'untag': return this.retag(id, () => workspaces.others.untag(id, OWNERSHIP_TAG));
      case 'steal': return this.retag(id, () => workspaces.others.tag(id, { [OWNERSHIP_TAG]: 'another/fleet' }));
      case 'give back':
        if (!this.owners.has(id)) throw new Error('it never was anybody else\'s');
        return this.retag(id, () => workspaces.others.tag(id, { [OWNERSHIP_TAG]: this.owners.get(id)! }));
    }
  }

  private retag(id: string, retag: () => void): void {
    this.retagged.add(id);
    retag();
  }
}
