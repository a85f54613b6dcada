/**
 * Which desktops a fleet adopts.
 */
export interface AdoptOptions {
  /**
   * Other fleets whose desktops are adopted as well: of a fleet that was retained, or of one in another stack. Each is the `fleetId` of a fleet, the
   * value of the tag `cdk-bulk-workspaces:fleet` on its desktops.
   *
   * From then on the desktops are this fleet's, and no deployment of the other one touches them any more. Those of this fleet itself are its own in
   * any case.
   *
   * @default - only desktops without an owner are adopted, and one of another fleet is refused
   */
  readonly fromFleets?: string[];
}
