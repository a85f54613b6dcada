import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BulkWorkspaces, BulkWorkspacesProps, WorkspaceUsers } from '../src';
import { RESOURCE_TYPE } from '../src/private/contract';

export function newStack(props?: StackProps, id = 'Stack'): Stack {
  return new Stack(new App(), id, props);
}

/** Explicitly without encryption, so that the fleet has no warning. */
export const UNENCRYPTED = { rootVolumeEncryptionEnabled: false, userVolumeEncryptionEnabled: false };

/** A fleet with the required props and the given ones. Fleets of different names have different users, so nobody gets two desktops. */
export function newFleet(stack: Stack, props: Partial<BulkWorkspacesProps> = {}, id = 'Fleet'): BulkWorkspaces {
  return new BulkWorkspaces(stack, id, {
    directoryId: 'd-90670b2f8c',
    bundleId: 'wsb-clj85qzj1',
    users: WorkspaceUsers.fromNames(['ana', 'bo'].map(name => id === 'Fleet' ? name : `${name}-${id}`)),
    ...props,
  });
}

/** The properties of the only fleet of a stack. */
export function fleetProperties(stack: Stack): any {
  const fleets = Object.values(Template.fromStack(stack).findResources(RESOURCE_TYPE));
  expect(fleets).toHaveLength(1);
  return fleets[0].Properties;
}

/** The statements of the step function's role, by Sid. */
export function stepStatements(template: Template): { [sid: string]: any } {
  const policies = template.findResources('AWS::IAM::Policy');
  const id = Object.keys(policies).find(each => each.startsWith('BulkWorkspacesProviderStepRole'))!;
  return Object.fromEntries(policies[id].Properties.PolicyDocument.Statement.map((each: any) => [each.Sid, each]));
}

/** `{ 'Fn::Join': ['', [...]] }` as one string, with references in `${}`, which is easier to compare. */
export function flat(value: any): string {
  if (typeof value === 'string') return value;
  if (value.Ref) return `\${${value.Ref}}`;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt']) return `\${${value['Fn::GetAtt'].join('.')}}`;
  if (value['Fn::Sub']) return value['Fn::Sub'];
  if (value['Fn::ImportValue']) return `\${import ${flat(value['Fn::ImportValue'])}}`;
  if (value['Fn::Select']) return `\${select ${value['Fn::Select'][0]} of ${flat(value['Fn::Select'][1])}}`;
  if (value['Fn::Split']) return `\${split ${flat(value['Fn::Split'][1])}}`;
  return JSON.stringify(value);
}

/** The message with which something fails. Tests compare the whole message; `toThrow` would accept a part of it, or the message of the cause. */
export function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

/** All resources of a statement, as one list. */
export function resourcesOf(statement: any): string[] {
  return [statement.Resource].flat().map(flat);
}

const directories: string[] = [];
afterAll(() => directories.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true })));

/** Writes a file into a directory of its own, which is deleted after the tests. @returns its path */
export function temporaryFile(name: string, content: string | Buffer): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bulk-workspaces-test-'));
  directories.push(directory);
  const file = path.join(directory, name);
  fs.writeFileSync(file, content);
  return file;
}

/** The content of the asset whose key is in the template. */
export function assetContent(stack: Stack, key: string): string {
  const { directory } = (stack.node.root as App).synth();
  return fs.readFileSync(path.join(directory, `asset.${key}`), 'utf8');
}
