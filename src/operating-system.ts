import { OPERATING_SYSTEM } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The operating system of a desktop. A bundle already has one, and WorkSpaces accepts another only in the cases that it documents.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceProperties.html
 */
export class OperatingSystem {
  /** Amazon Linux 2. */
  public static readonly AMAZON_LINUX_2 = OperatingSystem.of('AMAZON_LINUX_2');

  /** Ubuntu 18.04. */
  public static readonly UBUNTU_18_04 = OperatingSystem.of('UBUNTU_18_04');

  /** Ubuntu 20.04. */
  public static readonly UBUNTU_20_04 = OperatingSystem.of('UBUNTU_20_04');

  /** Ubuntu 22.04. */
  public static readonly UBUNTU_22_04 = OperatingSystem.of('UBUNTU_22_04');

  /** Red Hat Enterprise Linux 8. */
  public static readonly RHEL_8 = OperatingSystem.of('RHEL_8');

  /** Rocky Linux 8. */
  public static readonly ROCKY_8 = OperatingSystem.of('ROCKY_8');

  /** Windows 7 (own license). */
  public static readonly WINDOWS_7 = OperatingSystem.of('WINDOWS_7');

  /** Windows 10 (own license). */
  public static readonly WINDOWS_10 = OperatingSystem.of('WINDOWS_10');

  /** Windows 11 (own license). */
  public static readonly WINDOWS_11 = OperatingSystem.of('WINDOWS_11');

  /** Windows Server 2016. */
  public static readonly WINDOWS_SERVER_2016 = OperatingSystem.of('WINDOWS_SERVER_2016');

  /** Windows Server 2019. */
  public static readonly WINDOWS_SERVER_2019 = OperatingSystem.of('WINDOWS_SERVER_2019');

  /** Windows Server 2022. */
  public static readonly WINDOWS_SERVER_2022 = OperatingSystem.of('WINDOWS_SERVER_2022');

  /** Windows Server 2025. */
  public static readonly WINDOWS_SERVER_2025 = OperatingSystem.of('WINDOWS_SERVER_2025');

  /**
   * An operating system that has no member in this class.
   *
   * @param name The API's name: a value of `OperatingSystemName` in CreateWorkspaces.
   * @throws if the name is empty, contains spaces, or is not in capitals.
   */
  public static of(name: string): OperatingSystem {
    refuse(nameProblem('OperatingSystem.of()', name, 'WINDOWS_SERVER_2022'));
    return new OperatingSystem(name);
  }

  /** The API's name of the operating system. */
  public readonly name: string;

  private declare readonly kind: 'OperatingSystem';

  private constructor(name: string) {
    this.name = name;
    OPERATING_SYSTEM.keep(this, undefined);
  }
}
