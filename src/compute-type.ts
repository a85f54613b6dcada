import { COMPUTE_TYPE } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The hardware of a desktop. A bundle already has hardware. Set this only to run the bundle's image on other hardware.
 *
 * WorkSpaces accepts some combinations of bundle and hardware that do not work: it creates the desktop, but nobody can use it.
 * Which hardware exists depends on the Region and changes over time.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceProperties.html
 */
export class ComputeType {
  /** 1 vCPU, 2 GiB of memory. For one simple application at a time. */
  public static readonly VALUE = ComputeType.of('VALUE');

  /** 2 vCPUs, 4 GiB of memory. */
  public static readonly STANDARD = ComputeType.of('STANDARD');

  /** 2 vCPUs, 8 GiB of memory. */
  public static readonly PERFORMANCE = ComputeType.of('PERFORMANCE');

  /** 4 vCPUs, 16 GiB of memory. */
  public static readonly POWER = ComputeType.of('POWER');

  /** 8 vCPUs, 32 GiB of memory. */
  public static readonly POWERPRO = ComputeType.of('POWERPRO');

  /** 16 vCPUs, 64 GiB of memory. The root volume must have at least 175 GiB, and the user volume at least 100 GiB. */
  public static readonly GENERALPURPOSE_4XLARGE = ComputeType.of('GENERALPURPOSE_4XLARGE');

  /** 32 vCPUs, 128 GiB of memory. The root volume must have at least 175 GiB, and the user volume at least 100 GiB. */
  public static readonly GENERALPURPOSE_8XLARGE = ComputeType.of('GENERALPURPOSE_8XLARGE');

  /** One NVIDIA T4 GPU, 4 vCPUs, 16 GiB of memory. */
  public static readonly GRAPHICS_G4DN = ComputeType.of('GRAPHICS_G4DN');

  /** One NVIDIA T4 GPU, 16 vCPUs, 64 GiB of memory. */
  public static readonly GRAPHICSPRO_G4DN = ComputeType.of('GRAPHICSPRO_G4DN');

  /** GPU desktop of the G6 family, size xlarge. */
  public static readonly GRAPHICS_G6_XLARGE = ComputeType.of('GRAPHICS_G6_XLARGE');

  /** GPU desktop of the G6 family, size 2xlarge. */
  public static readonly GRAPHICS_G6_2XLARGE = ComputeType.of('GRAPHICS_G6_2XLARGE');

  /** GPU desktop of the G6 family, size 4xlarge. */
  public static readonly GRAPHICS_G6_4XLARGE = ComputeType.of('GRAPHICS_G6_4XLARGE');

  /** GPU desktop of the G6 family, size 8xlarge. */
  public static readonly GRAPHICS_G6_8XLARGE = ComputeType.of('GRAPHICS_G6_8XLARGE');

  /** GPU desktop of the G6 family, size 16xlarge. */
  public static readonly GRAPHICS_G6_16XLARGE = ComputeType.of('GRAPHICS_G6_16XLARGE');

  /** GPU desktop of the Gr6 family, with more memory per vCPU than G6, size 4xlarge. */
  public static readonly GRAPHICS_GR6_4XLARGE = ComputeType.of('GRAPHICS_GR6_4XLARGE');

  /** GPU desktop of the Gr6 family, with more memory per vCPU than G6, size 8xlarge. */
  public static readonly GRAPHICS_GR6_8XLARGE = ComputeType.of('GRAPHICS_GR6_8XLARGE');

  /** GPU desktop of the G6f family, with a part of a GPU, size large. */
  public static readonly GRAPHICS_G6F_LARGE = ComputeType.of('GRAPHICS_G6F_LARGE');

  /** GPU desktop of the G6f family, with a part of a GPU, size xlarge. */
  public static readonly GRAPHICS_G6F_XLARGE = ComputeType.of('GRAPHICS_G6F_XLARGE');

  /** GPU desktop of the G6f family, with a part of a GPU, size 2xlarge. */
  public static readonly GRAPHICS_G6F_2XLARGE = ComputeType.of('GRAPHICS_G6F_2XLARGE');

  /** GPU desktop of the G6f family, with a part of a GPU, size 4xlarge. */
  public static readonly GRAPHICS_G6F_4XLARGE = ComputeType.of('GRAPHICS_G6F_4XLARGE');

  /** GPU desktop of the Gr6f family, with a part of a GPU and more memory per vCPU than G6f, size 4xlarge. */
  public static readonly GRAPHICS_GR6F_4XLARGE = ComputeType.of('GRAPHICS_GR6F_4XLARGE');

  /** GPU desktop of the G7 family, size 2xlarge. */
  public static readonly GRAPHICS_G7_2XLARGE = ComputeType.of('GRAPHICS_G7_2XLARGE');

  /** GPU desktop of the G7 family, size 4xlarge. */
  public static readonly GRAPHICS_G7_4XLARGE = ComputeType.of('GRAPHICS_G7_4XLARGE');

  /** GPU desktop of the G7 family, size 8xlarge. */
  public static readonly GRAPHICS_G7_8XLARGE = ComputeType.of('GRAPHICS_G7_8XLARGE');

  /** GPU desktop of the G7 family, size 12xlarge. */
  public static readonly GRAPHICS_G7_12XLARGE = ComputeType.of('GRAPHICS_G7_12XLARGE');

  /**
   * Hardware that has no member in this class.
   *
   * @param name The API's name: a value of `ComputeTypeName` in CreateWorkspaces.
   * @throws if the name is empty, contains spaces, or is not in capitals.
   */
  public static of(name: string): ComputeType {
    refuse(nameProblem('ComputeType.of()', name, 'STANDARD'));
    return new ComputeType(name);
  }

  /** The API's name of the hardware. */
  public readonly name: string;

  private declare readonly kind: 'ComputeType';

  private constructor(name: string) {
    this.name = name;
    COMPUTE_TYPE.keep(this, undefined);
  }
}
