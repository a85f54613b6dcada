import { AdoptOptions } from './adopt-options';
import type { BulkWorkspacesProperties } from './private/contract';
import { EXISTING_WORKSPACES } from './private/kinds';
import { fleetIdsProblem, refuse } from './private/validation';

/**
 * What happens if a user of the fleet already has a desktop in the directory. WorkSpaces allows a user one desktop in each directory.
 *
 * An adopted desktop becomes the fleet's. It gets the tags `cdk-bulk-workspaces:fleet` and `cdk-bulk-workspaces:adopted`, and those settings of
 * the fleet that can be changed in place. The fleet never terminates, migrates or replaces it, because somebody else created it. It only
 * releases it, which means that it removes the two tags: if its user leaves the list, if the fleet is deleted with `RemovalPolicy.DESTROY`,
 * or if the deployment that adopted it fails.
 */
export class ExistingWorkspaces {
  /** The deployment fails before it creates a desktop, and its message names the users and their desktops. */
  public static refuse(): ExistingWorkspaces {
    return new ExistingWorkspaces();
  }

  /**
   * The fleet adopts desktops that have no fleet's tag, and desktops of the given fleets.
   *
   * @param options Other fleets whose desktops are adopted.
   * @throws if the list of fleets is empty, or if an element is not a fleet id.
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
