import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { failingResource } from './failing-resource';
import { VirtualStack } from './virtual-stack';
import { RemovedUsers, WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

export const ALIAS = 'alias/desktops';
/** What the roles of the provider are called, by their function. */
export const FUNCTIONS = ['Step', 'IsComplete', 'OnEvent'] as const;
/** Whatever AWS may check is checked. */
const STRICT = { createTagsOnCreate: 'checked', keyUserActions: 'checked' } as const;

/** A cloud with a key behind an alias that no stack made. */
export async function startStrict(): Promise<VirtualStack> {
  const stack = await VirtualStack.start({ ...STRICT, buildTime: 60_000 });
  stack.cloud.kms.createAlias(ALIAS, stack.cloud.kms.createKey().keyId);
  return stack;
}

/**
 * Fleets that need every permission there is: a key of the stack, one by alias, and a manifest that is too large for the template.
 * @param fails whether another resource fails when the first fleet has succeeded
 */
export function fleets(plainUsers: string[], { fails = false } = {}): (stack: Stack) => void {
  return (stack) => {
    const common = { removalPolicy: RemovalPolicy.DESTROY };
    const plain = newFleet(stack, { ...common, users: WorkspaceUsers.fromNames(...plainUsers), workspaceTags: { team: 'sales' }, removedUsers: RemovedUsers.RELEASE }, 'Plain');
    failingResource(stack, { fails }).node.addDependency(plain);
    newFleet(stack, { ...common, users: WorkspaceUsers.fromNames('dora'), volumeEncryptionKey: new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }) }, 'Keyed');
    newFleet(stack, { ...common, users: WorkspaceUsers.fromNames('emil'), volumeEncryptionKey: kms.Alias.fromAliasName(stack, 'Alias', ALIAS) }, 'Aliased');
    const noted = Array.from({ length: 25 }, (_, i) => ({ userName: `user${i}`, workspaceTags: { note: `${i} `.repeat(60).trim() } }));
    newFleet(stack, { ...common, users: WorkspaceUsers.fromList(noted) }, 'Large');
  };
}

/** The statements of the provider's own roles in a template, which may be changed. */
export function statementsOf(template: any): { readonly role: string; readonly statements: any[] }[] {
  return Object.entries<any>(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const role = FUNCTIONS.find((name) => id.startsWith(`BulkWorkspacesProvider${name}Role`));
    return role && Type === 'AWS::IAM::Policy' ? [{ role, statements: Properties.PolicyDocument.Statement }] : [];
  });
}
