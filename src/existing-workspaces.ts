import { AdoptOptions } from './adopt-options';
import type { BulkWorkspacesProperties } from './private/contract';
import { EXISTING_WORKSPACES } from './private/kinds';
import { fleetIdsProblem, refuse } from './private/validation';

/**
 * What happens when a user of the fleet has a desktop in the directory already: WorkSpaces gives a user one for each directory.
 *
 * A desktop that is adopted becomes the fleet's: it gets the tags `cdk-bulk-workspaces:fleet` and `cdk-bulk-workspaces:adopted`, and the settings
 * that the fleet has for it, where they can be changed in place. It was somebody's before, so it is never terminated or replaced by the fleet, only
 * released, without these two tags: when its user leaves the list, the fleet is deleted (with `RemovalPolicy.DESTROY`), or the deployment that
 * has adopted it fails.
 */
export class ExistingWorkspaces {
  /** The deployment fails before any desktop is made, and names the users and their desktops. */
  public static refuse(): ExistingWorkspaces {
    return new ExistingWorkspaces();
  }

  /**
   * Desktops without an owner are adopted, those that do not carry the tag of a fleet; and those of the given fleets.
   *
   * @param options Other fleets whose desktops are adopted.
   * @throws when the list of fleets is empty, or has one that cannot be the id of a fleet.
   */
  public static adopt(options: AdoptOptions = {}): ExistingWorkspaces {
    const { fromFleets } = options;
    if (fromFleets === undefined) return new ExistingWorkspaces({ Adopt: 'UNOWNED' });
    refuse(fleetIdsProblem(fromFleets));
    return new ExistingWorkspaces({ Adopt: 'UNOWNED', FleetIds: fromFleets });
  }

  private declare readonly kind: 'ExistingWorkspaces';

  private constructor(adopts?: BulkWorkspacesProperties['ExistingWorkspaces']) {
    EXISTING_WORKSPACES.keep(this, adopts);
  }
}
