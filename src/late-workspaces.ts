import type { BulkWorkspacesProperties } from './private/contract';
import { LATE_WORKSPACES } from './private/kinds';

/**
 * What a desktop that is still being built when the time is over means for the deployment.
 */
export class LateWorkspaces {
  /**
   * The deployment succeeds; the users are named in `lateUsersSummary`. Their desktops exist, have ids, and become available later.
   *
   * A user for whom nothing was created yet is never late: that is a failure.
   */
  public static accept(): LateWorkspaces {
    return new LateWorkspaces('ACCEPT');
  }

  /** The deployment fails, and its rollback removes what it created. */
  public static fail(): LateWorkspaces {
    return new LateWorkspaces('FAIL');
  }

  private declare readonly kind: 'LateWorkspaces';

  private constructor(answer: BulkWorkspacesProperties['LateWorkspaces']) {
    LATE_WORKSPACES.keep(this, answer);
  }
}
