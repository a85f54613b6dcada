import type { KmsService } from '../kms';
import { checkPattern } from './validation';

export interface DirectoryProps {
  readonly directoryId: string;
  /** @default 'REGISTERED' */
  readonly state?: 'REGISTERING' | 'REGISTERED' | 'DEREGISTERING' | 'DEREGISTERED' | 'ERROR';
  /** @default 'PERSONAL' */
  readonly workspaceType?: 'PERSONAL' | 'POOLS';
  /** @default 'corp.amazonworkspaces.com' */
  readonly directoryName?: string;
  /** @default 'SIMPLE_AD' */
  readonly directoryType?: 'SIMPLE_AD' | 'AD_CONNECTOR' | 'CUSTOMER_MANAGED' | 'AWS_IAM_IDENTITY_CENTER';
  /**
   * Members of its description, by the API's names, that replace the invented ones. A member that is undefined is left out.
   * @default - none
   */
  readonly description?: Readonly<Record<string, unknown>>;
  /** @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The directories of the account, and their users. */
export class Directories {
  private readonly known = new Map<string, DirectoryProps>();
  /** Directories of the account that are no longer registered. */
  private readonly unregistered = new Map<string, DirectoryProps>();
  private readonly anyOther: boolean;

  constructor(known: 'any' | readonly DirectoryProps[], private readonly account: Pick<KmsService, 'account'>) {
    this.anyOther = known === 'any';
    if (known !== 'any') known.forEach((directory) => this.add(directory));
  }

  add(directory: DirectoryProps): void {
    checkPattern('Directory ID', directory.directoryId);
    this.unregistered.delete(directory.directoryId);
    this.known.set(directory.directoryId, directory);
  }

  /** Deregisters a directory. It stays in the account, and can be registered again. */
  remove(directoryId: string): void {
    const directory = this.known.get(directoryId);
    if (!directory) return;
    this.known.delete(directoryId);
    this.unregistered.set(directoryId, { ...directory, state: 'DEREGISTERED' });
  }

  find(directoryId: string): DirectoryProps | undefined {
    const known = this.known.get(directoryId);
    if (known || this.unregistered.has(directoryId)) return known;
    return this.anyOther ? { directoryId } : undefined;
  }

  /** Finds a directory of the account that is not registered. */
  findUnregistered(directoryId: string): DirectoryProps | undefined {
    const directory = this.known.get(directoryId) ?? this.unregistered.get(directoryId);
    return directory?.state === 'DEREGISTERED' ? directory : undefined;
  }

  all(): DirectoryProps[] {
    return [...this.known.values()];
  }

  /** Whether personal desktops can be made in it. */
  takesDesktops(directoryId: string): boolean {
    const directory = this.find(directoryId);
    return directory !== undefined && stateOf(directory) === 'REGISTERED' && typeOf(directory) === 'PERSONAL';
  }

  /** As DescribeWorkspaceDirectories shows it. */
  element(directory: DirectoryProps): object {
    const { directoryId } = directory;
    // Derived from the id, so that a directory looks the same in every answer.
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

export function stateOf(directory: DirectoryProps): string {
  return directory.state ?? 'REGISTERED';
}

function typeOf(directory: DirectoryProps): string {
  return directory.workspaceType ?? 'PERSONAL';
}
