/**
 * The fleets whose desktops a fleet adopts.
 */
export interface AdoptOptions {
  /**
   * The `fleetId` of each other fleet whose desktops are adopted, for example a fleet that was retained, or one of another stack.
   *
   * It is the value of the tag `cdk-bulk-workspaces:fleet` on their desktops. After the adoption, no deployment of the other fleet changes
   * these desktops. This fleet's own id is not needed: its desktops are its own in any case.
   *
   * @default - only desktops without a fleet's tag are adopted; if a user has a desktop of another fleet, the deployment fails
   */
  readonly fromFleets?: string[];
}
