import { isLeaving } from './effects';
import type { Act } from './history';
import type { ChaosStack } from './stack';
import { OWNERSHIP_TAG } from '../../src/private/contract';
import { BUNDLE, DIRECTORY } from '../lambda/test-stack';

/** Everybody except the handler: what they do, and which users it affects. */
export class Others {
  /** Users for whom somebody did something that may change the result of a deployment. */
  readonly disturbed = new Set<string>();
  private readonly touched = new Set<string>();
  private readonly retagged = new Set<string>();
  private readonly owners = new Map<string, string>();

  constructor(private readonly stack: () => ChaosStack, private readonly trace: (text: string) => void) {}

  /** Stopping a desktop does not count, because it is normal use. */
  hasTouched(id: string): boolean {
    return this.touched.has(id);
  }

  changedTagsOf(id: string): boolean {
    return this.retagged.has(id);
  }

  /** Does nothing if the action is not possible at this moment. */
  act({ what, user }: Act): void {
    const { workspaces } = this.stack();
    const desktop = workspaces.desktops().find((each) => each.userName === user && !isLeaving(each));
    try {
      if (what === 'make') {
        const id = workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: user });
        this.touched.add(id);
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
    if (what !== 'stop') this.disturbed.add(user);
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
