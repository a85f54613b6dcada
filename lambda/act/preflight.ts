import type { KeysOfStep } from './key-arns';
import { failureOf } from '../aws/errors';
import type { WorkspacesApi } from '../aws/workspaces-api';
import { DeploymentFailure } from '../core/deployment-failure';
import type { DesiredDesktop } from '../request/resource-properties';

/**
 * Checks directory, bundles and keys before the first desktop is made. If one of them does not work, every desktop
 * that needs it would fail.
 * @throws DeploymentFailure for the first problem found
 */
export async function lookBeforeCreating(
  api: Pick<WorkspacesApi, 'directory' | 'bundles'>,
  keys: KeysOfStep,
  directoryId: string,
  desired: readonly DesiredDesktop[],
): Promise<void> {
  await checkDirectory(api, directoryId);
  await checkBundles(api, desired);
  await keys.require(desired);
}

async function checkDirectory(api: Pick<WorkspacesApi, 'directory'>, directoryId: string): Promise<void> {
  const directory = await orSentence(api.directory(directoryId), `the directory ${JSON.stringify(directoryId)}`);
  if (!directory) {
    throw new DeploymentFailure(`the directory ${JSON.stringify(directoryId)} is not registered with WorkSpaces in this account and Region: register it, or correct directoryId`);
  }
  if (directory.state !== undefined && directory.state !== 'REGISTERED') {
    throw new DeploymentFailure(`the directory ${JSON.stringify(directoryId)} is ${directory.state}, but it must be REGISTERED: wait until it is, or register it again`);
  }
  if (directory.type !== undefined && directory.type !== 'PERSONAL') {
    throw new DeploymentFailure(`the directory ${JSON.stringify(directoryId)} is for WorkSpaces ${directory.type}, but desktops of users need one for PERSONAL WorkSpaces: use another directory`);
  }
}

/** @throws DeploymentFailure if a bundle that users need does not exist */
export async function checkBundles(api: Pick<WorkspacesApi, 'bundles'>, desired: readonly DesiredDesktop[]): Promise<void> {
  const ids = distinct(desired.map(({ settings }) => settings.BundleId));
  const found = await orSentence(api.bundles(ids), `the bundles ${JSON.stringify(ids)}`);
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) {
    const user = desired.find(({ settings }) => settings.BundleId === missing[0])!.userName;
    const others = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    throw new DeploymentFailure(`the bundle ${JSON.stringify(missing[0])} (of ${user})${others} does not exist in this account and Region: correct bundleId`);
  }
}

/** If the service rejects the request, the named thing does not exist. Other errors say nothing about it, and are thrown on. */
async function orSentence<T>(answer: Promise<T>, what: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (failureOf(error) !== 'poison') throw error;
    throw new DeploymentFailure(`WorkSpaces does not accept ${what}: ${(error as Error).message}`);
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
