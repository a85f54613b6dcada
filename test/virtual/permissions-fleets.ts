import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { failingResource } from './failing-resource';
import { MINUTE, VirtualStack } from './virtual-stack';
import { BundleChange, ExistingWorkspaces, RemovedUsers, RunningMode, WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

export const ASSETS = 'cdk-hnb659fds-assets-123456789012-us-east-1';
export const ALIAS = 'alias/desktops';
/** The names of the provider's roles, by function. */
export const FUNCTIONS = ['Step', 'IsComplete', 'OnEvent'] as const;
/** All permissions that AWS may check are checked. */
const STRICT = { createTagsOnCreate: 'checked', keyUserActions: 'checked' } as const;

/** The bundle of the desktops, and the bundle to which one of them is migrated. */
export const [BUNDLE, OTHER_BUNDLE] = ['wsb-clj85qzj1', 'wsb-000000001'];

/** A cloud with a key and an alias of no stack, another key on the bucket of assets, and a desktop of ida without a fleet's tag. */
export async function startStrict(): Promise<VirtualStack> {
  const bundles = [BUNDLE, OTHER_BUNDLE].map((bundleId) => ({ bundleId }));
  const stack = await VirtualStack.start({ ...STRICT, bundles, buildTime: MINUTE, migrateTime: MINUTE });
  stack.cloud.s3.encryptBucket(ASSETS, stack.cloud.kms.createKey().arn);
  stack.cloud.kms.createAlias(ALIAS, stack.cloud.kms.createKey().keyId);
  stack.cloud.workspaces.createElsewhere({ directoryId: 'd-90670b2f8c', bundleId: BUNDLE, userName: 'ida' });
  return stack;
}

/**
 * Fleets that together need every permission: a key of the stack, a key by alias, a list that is too large for the template, an existing desktop
 * that is adopted, and a desktop that is migrated.
 * @param changed whether a running mode and a bundle are changed, a tag is removed, the adopted user has left, and a fleet was removed whose user has moved
 * @param fails whether another resource fails when the first fleet has succeeded
 */
export function fleets(plainUsers: string[], { changed = false, fails = false } = {}): (stack: Stack) => void {
  return (stack) => {
    // Desktops take a minute here. A short timeout is enough, because a permission that is missing stays missing.
    const common = { removalPolicy: RemovalPolicy.DESTROY, timeout: Duration.minutes(10) };
    const plain = newFleet(stack, {
      ...common,
      users: WorkspaceUsers.fromNames([...plainUsers, ...(changed ? ['jo'] : [])]),
      runningMode: changed ? RunningMode.alwaysOn() : RunningMode.autoStop(Duration.hours(1)),
      tags: { team: 'sales', ...(changed ? {} : { season: 'spring' }) },
      removedUsers: RemovedUsers.release(),
    }, 'Plain');
    if (!changed) newFleet(stack, { ...common, users: WorkspaceUsers.fromNames(['jo']) }, 'Old');
    failingResource(stack, { fails }).node.addDependency(plain);
    newFleet(stack, { ...common, users: WorkspaceUsers.fromNames(['dora']), volumeEncryptionKey: new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }) }, 'Keyed');
    newFleet(stack, { ...common, users: WorkspaceUsers.fromNames(['emil']), volumeEncryptionKey: kms.Alias.fromAliasName(stack, 'Alias', ALIAS) }, 'Aliased');
    newFleet(stack, {
      ...common,
      users: WorkspaceUsers.fromNames(['gina', ...(changed ? [] : ['ida'])]),
      bundleId: changed ? OTHER_BUNDLE : BUNDLE,
      bundleChange: BundleChange.migrate(),
      existingWorkspaces: ExistingWorkspaces.adopt(),
      removedUsers: RemovedUsers.terminate(),
    }, 'Taken');
    const noted = Array.from({ length: 25 }, (_, i) => ({ userName: `user${i}`, tags: { note: `${i} `.repeat(60).trim() } }));
    newFleet(stack, { ...common, users: WorkspaceUsers.fromList(noted) }, 'Large');
  };
}

/** The statements of the provider's own roles in a template. Tests may change them. */
export function statementsOf(template: any): { readonly role: string; readonly statements: any[] }[] {
  return Object.entries<any>(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const role = FUNCTIONS.find((name) => id.startsWith(`BulkWorkspacesProvider${name}Role`));
    return role && Type === 'AWS::IAM::Policy' ? [{ role, statements: Properties.PolicyDocument.Statement }] : [];
  });
}
