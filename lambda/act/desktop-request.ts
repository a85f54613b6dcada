import { type DesktopSettings, OWNERSHIP_TAG } from '../../src/private/contract';
import type { DesktopRequest } from '../aws/workspaces-api';
import { asSent, DESKTOP_SETTINGS, ruleOf, type Setting, type SettingRule } from '../request/desktop-settings';
import type { DesiredDesktop } from '../request/resource-properties';

/** The ARNs of keys, by the text that names each key in the template. */
export type KeyArns = Readonly<Record<string, string>>;

/** The request for one desktop. A setting without a value is not sent: the service would treat a default of ours as the user's choice. */
export function desktopRequest({ userName, settings }: DesiredDesktop, directoryId: string, fleetId: string, keyArns: KeyArns): DesktopRequest {
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

function valuesOf(settings: DesktopSettings, sentIn: SettingRule['sentIn'], keyArns: KeyArns): Record<string, unknown> {
  const members = (Object.keys(DESKTOP_SETTINGS) as Setting[]).filter((each) => ruleOf(each).sentIn === sentIn && settings[each] !== undefined);
  const valueOf = (each: Setting) => (ruleOf(each).type === 'key' ? arnOf(settings[each] as string, keyArns) : asSent(each, settings[each]));
  return Object.fromEntries(members.map((member) => [member, valueOf(member)]));
}

function arnOf(key: string, keyArns: KeyArns): string {
  if (!keyArns[key]) throw new Error(`the key ${key} was not resolved before a desktop was to be encrypted with it`);
  return keyArns[key];
}
