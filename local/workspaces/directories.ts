import type { KmsService } from '../kms';
import { page, positions } from './paging';
import type { DirectorySettings, WorkspacesSettings } from './settings';
import { checkEnum, checkOptionalList, checkPattern, requireMembers } from './validation';
import type { World } from './world';

/** The directories of the account, and who their users are. */
export class Directories {
  private readonly known = new Map<string, DirectorySettings>();
  /** In the account, but not registered any more. */
  private readonly unregistered = new Map<string, DirectorySettings>();
  private readonly anyOther: boolean;

  constructor(setting: WorkspacesSettings['directories'], private readonly account: Pick<KmsService, 'account'>) {
    this.anyOther = setting === 'any';
    if (setting !== 'any') setting.forEach((directory) => this.add(directory));
  }

  add(directory: DirectorySettings): void {
    checkPattern('Directory ID', directory.directoryId);
    this.unregistered.delete(directory.directoryId);
    this.known.set(directory.directoryId, directory);
  }

  /** It stays in the account, and can be registered again. */
  remove(directoryId: string): void {
    const directory = this.known.get(directoryId);
    if (!directory) return;
    this.known.delete(directoryId);
    this.unregistered.set(directoryId, { ...directory, state: 'DEREGISTERED' });
  }

  find(directoryId: string): DirectorySettings | undefined {
    const known = this.known.get(directoryId);
    if (known || this.unregistered.has(directoryId)) return known;
    return this.anyOther ? { directoryId } : undefined;
  }

  /** What there is to register: a directory that is in the account without being registered. */
  findUnregistered(directoryId: string): DirectorySettings | undefined {
    const directory = this.known.get(directoryId) ?? this.unregistered.get(directoryId);
    return directory?.state === 'DEREGISTERED' ? directory : undefined;
  }

  all(): DirectorySettings[] {
    return [...this.known.values()];
  }

  /** Whether personal desktops can be made in it. */
  takesDesktops(directoryId: string): boolean {
    const directory = this.find(directoryId);
    return directory !== undefined && stateOf(directory) === 'REGISTERED' && typeOf(directory) === 'PERSONAL';
  }

  /** As DescribeWorkspaceDirectories shows it. */
  element(directory: DirectorySettings): object {
    const { directoryId } = directory;
    // Made up from the id, so that a directory looks the same in every answer.
    const digits = Buffer.from(directoryId).toString('hex').padEnd(34, '0');
    return {
      DirectoryId: directoryId,
      Alias: directoryId,
      DirectoryName: directory.directoryName ?? 'corp.amazonworkspaces.com',
      RegistrationCode: `SLiad+${digits.slice(-6).toUpperCase()}`,
      SubnetIds: [`subnet-0${digits.slice(-16)}`, `subnet-1${digits.slice(-16)}`],
      DnsIpAddresses: ['172.16.0.18', '172.16.1.157'],
      CustomerUserName: 'Administrator',
      IamRoleId: `arn:aws:iam::${this.account.account}:role/workspaces_DefaultRole`,
      DirectoryType: directory.directoryType ?? 'SIMPLE_AD',
      WorkspaceSecurityGroupId: `sg-0${digits.slice(-16)}`,
      State: stateOf(directory),
      WorkspaceCreationProperties: {
        EnableWorkDocs: false,
        EnableInternetAccess: false,
        UserEnabledAsLocalAdministrator: true,
        EnableMaintenanceMode: true,
      },
      WorkspaceAccessProperties: {
        DeviceTypeWindows: 'ALLOW',
        DeviceTypeOsx: 'ALLOW',
        DeviceTypeWeb: 'DENY',
        DeviceTypeIos: 'ALLOW',
        DeviceTypeAndroid: 'ALLOW',
        DeviceTypeChromeOs: 'ALLOW',
        DeviceTypeZeroClient: 'ALLOW',
        DeviceTypeLinux: 'DENY',
      },
      Tenancy: 'SHARED',
      SelfservicePermissions: {
        RestartWorkspace: 'ENABLED',
        IncreaseVolumeSize: 'DISABLED',
        ChangeComputeType: 'DISABLED',
        SwitchRunningMode: 'DISABLED',
        RebuildWorkspace: 'DISABLED',
      },
      WorkspaceType: typeOf(directory),
      UserIdentityType: directory.directoryType === 'AWS_IAM_IDENTITY_CENTER' ? 'AWS_IAM_IDENTITY_CENTER' : 'AWS_DIRECTORY_SERVICE',
      ...directory.description,
    };
  }
}

export function stateOf(directory: DirectorySettings): string {
  return directory.state ?? 'REGISTERED';
}

function typeOf(directory: DirectorySettings): string {
  return directory.workspaceType ?? 'PERSONAL';
}

export function hasUser(settings: WorkspacesSettings, userName: string): boolean {
  const isNamed = (name: string) => name.toLowerCase() === userName.toLowerCase();
  return !settings.missingUsers.some(isNamed) && (settings.users === 'any' || settings.users.some(isNamed));
}

const FILTERED = { WORKSPACE_TYPE: 'WorkspaceType', USER_IDENTITY_TYPE: 'UserIdentityType' } as const;

interface Filter { readonly Name: keyof typeof FILTERED; readonly Values: readonly string[] }

/** Ids that nobody knows are left out of the answer, as with desktops. */
export function describeWorkspaceDirectories({ directories, settings }: World, input: any): object {
  const { DirectoryIds, WorkspaceDirectoryNames, Filters } = input;
  checkOptionalList('DirectoryIds', DirectoryIds);
  DirectoryIds?.forEach((id: string) => checkPattern('Directory ID', id));
  checkOptionalList('WorkspaceDirectoryNames', WorkspaceDirectoryNames);
  checkOptionalList('Filters', Filters);
  for (const filter of Filters ?? []) {
    requireMembers(filter, 'Name', 'Values');
    checkEnum('Name', filter.Name);
  }
  const asked: DirectorySettings[] = DirectoryIds
    ? [...new Set<string>(DirectoryIds)].flatMap((id) => directories.find(id) ?? [])
    : directories.all();

  const elements: any[] = asked
    .map((directory) => directories.element(directory) as any)
    .filter((element) => !WorkspaceDirectoryNames || WorkspaceDirectoryNames.includes(element.DirectoryName))
    .filter((element) => (Filters ?? []).every(({ Name, Values }: Filter) => Values.includes(element[FILTERED[Name]])));
  const request = { question: { DirectoryIds, WorkspaceDirectoryNames, Filters }, limit: input.Limit, token: input.NextToken };
  const { items, NextToken } = page(elements, positions(elements), request, settings.lastPageToken);
  return { Directories: items, NextToken };
}
