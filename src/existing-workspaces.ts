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
    return new ExistingWorkspaces(false, []);
  }

  /** Desktops without an owner are adopted: those that do not carry the tag of a fleet. One of another fleet is refused. */
  public static adopt(): ExistingWorkspaces {
    return new ExistingWorkspaces(true, []);
  }

  /**
   * Desktops without an owner are adopted, and those of the given fleets: of one that was retained, or of one in another stack.
   *
   * From then on they are this fleet's, and no deployment of the other one touches them any more. Those of this fleet itself are its own in any case.
   *
   * @param fleetIds At least one `fleetId` of another fleet, the value of the tag `cdk-bulk-workspaces:fleet` on its desktops.
   * @throws when there is none, or one that cannot be the id of a fleet.
   */
  public static adoptFrom(...fleetIds: string[]): ExistingWorkspaces {
    refuse(fleetIdsProblem(fleetIds));
    return new ExistingWorkspaces(true, fleetIds);
  }

  /** @internal */
  public readonly _kind = 'ExistingWorkspaces';

  /** Whether desktops are adopted. */
  public readonly adopts: boolean;

  /** The fleets whose desktops are adopted, beside desktops without an owner. */
  public readonly fleetIds: string[];

  private constructor(adopts: boolean, fleetIds: string[]) {
    this.adopts = adopts;
    this.fleetIds = fleetIds;
  }
}
