import { validationError } from './errors';

/** The members of requests that say how a deployment goes, and what happens if it fails. A query has booleans as text. */
export interface DeploymentModeInput {
  readonly DisableRollback?: string;
  readonly OnFailure?: string;
  readonly DeploymentConfig?: { readonly Mode?: string; readonly DisableRollback?: string };
}

export interface DeploymentMode {
  /** A resource counts as complete as soon as its configuration is applied. */
  readonly isExpress: boolean;
  /** A deployment that fails is not rolled back. Resources on other paths are still deployed, and the next deployment goes on from there. */
  readonly keepsFailed: boolean;
}

/** Without a word about it, an Express deployment is not rolled back. */
export function deploymentModeOf({ DisableRollback, OnFailure, DeploymentConfig: config = {} }: DeploymentModeInput): DeploymentMode {
  const { Mode = 'STANDARD' } = config;
  if (Mode !== 'STANDARD' && Mode !== 'EXPRESS') throw validationError(`DeploymentConfig.Mode must be STANDARD or EXPRESS, got ${JSON.stringify(Mode)}`);
  if (OnFailure !== undefined && OnFailure !== 'ROLLBACK' && OnFailure !== 'DO_NOTHING') {
    throw validationError(`OnFailure must be ROLLBACK or DO_NOTHING in the local cloud, got ${JSON.stringify(OnFailure)}`);
  }
  const isExpress = Mode === 'EXPRESS';
  const disabled = config.DisableRollback ?? DisableRollback;
  return { isExpress, keepsFailed: disabled === undefined ? isExpress || OnFailure === 'DO_NOTHING' : disabled === 'true' };
}

/** The reason of a resource that an Express deployment has completed. */
export const EXPRESS_REASON = 'Resource operation completed using Express Mode. It may continue becoming available in the background.';

/**
 * Refuses a deployment of a stack whose last one failed and was not rolled back, unless it is of the same kind.
 * @param failed the mode of the last deployment
 */
export function requireSameMode(status: string, failed: DeploymentMode, mode: DeploymentMode): void {
  if (failed.isExpress && !mode.isExpress) {
    throw validationError(`This stack is in a ${status} state from a previous operation that used EXPRESS deployment mode with disable-rollback. `
      + 'Follow-up operations must use the same DeploymentConfig (mode=EXPRESS) until the stack reaches a *_COMPLETE state.');
  }
  if (!mode.keepsFailed) {
    throw validationError(`This stack is currently in a non-terminal [${status}] state. To update the stack from this state, please use the `
      + 'disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API');
  }
}
