import type { DesktopRequest } from '../aws/workspaces-api';
import { asSent, DESKTOP_SETTINGS, ruleOf, type Setting } from '../request/desktop-settings';
import type { DesiredDesktop } from '../request/resource-properties';
import { type DesktopSettings, OWNERSHIP_TAG } from '../../src/private/contract';

/** A desktop as CreateWorkspaces is asked for it. What is not set is not sent: the service would take a default of ours literally. */
export function desktopRequest({ userName, settings }: DesiredDesktop, directoryId: string, fleetId: string, keyArns: Readonly<Record<string, string>>): DesktopRequest {
  const WorkspaceProperties = valuesOf(settings, 'WorkspaceProperties', keyArns);
  return {
    DirectoryId: directoryId,
    UserName: userName,
    BundleId: settings.BundleId,
    ...valuesOf(settings, 'WorkspaceRequest', keyArns),
    ...Object.keys(WorkspaceProperties).length > 0 && { WorkspaceProperties },
    Tags: Object.entries({ ...settings.Tags, [OWNERSHIP_TAG]: fleetId }).map(([Key, Value]) => ({ Key, Value })),
  };
}

function valuesOf(settings: DesktopSettings, sentIn: 'WorkspaceRequest' | 'WorkspaceProperties', keyArns: Readonly<Record<string, string>>): Record<string, unknown> {
  const members = (Object.keys(DESKTOP_SETTINGS) as Setting[]).filter((each) => ruleOf(each).sentIn === sentIn && settings[each] !== undefined);
  return Object.fromEntries(members.map((member) => [member, ruleOf(member).type === 'key' ? arnOf(settings[member] as string, keyArns) : asSent(member, settings[member])]));
}

function arnOf(key: string, keyArns: Readonly<Record<string, string>>): string {
  if (!keyArns[key]) throw new Error(`the key ${key} was not resolved before a desktop was to be encrypted with it`);
  return keyArns[key];
}
