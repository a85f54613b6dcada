import type { BulkWorkspacesProperties } from './private/contract';
import { LATE_WORKSPACES } from './private/kinds';

/**
 * Whether a deployment succeeds if desktops are still being built when its `timeout` ends.
 */
export class LateWorkspaces {
  /**
   * The deployment succeeds, and `lateUsersSummary` names the users. Their desktops exist, have ids, and become available later.
   *
   * If there are users for whom no desktop has been created when `timeout` ends, the deployment fails.
   */
  public static accept(): LateWorkspaces {
    return new LateWorkspaces('ACCEPT');
  }

  /** The deployment fails, and its rollback terminates the desktops that it created. */
  public static fail(): LateWorkspaces {
    return new LateWorkspaces('FAIL');
  }

  private declare readonly kind: 'LateWorkspaces';

  private constructor(answer: BulkWorkspacesProperties['LateWorkspaces']) {
    LATE_WORKSPACES.keep(this, answer);
  }
}
