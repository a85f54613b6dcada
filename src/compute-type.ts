import { COMPUTE_TYPE } from './private/kinds';
import { nameProblem, refuse } from './private/validation';

/**
 * The hardware of a desktop. A bundle already has one; set this only to have the bundle's image on other hardware.
 *
 * The service accepts some combinations of bundle and hardware that do not work (a desktop is created, and cannot be used),
 * so nothing is sent unless this is set. Which ones exist depends on the Region and changes over time.
 *
 * @see https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceProperties.html
 */
export class ComputeType {
  /** 1 vCPU, 2 GiB: for single simple applications. */
  public static readonly VALUE = ComputeType.of('VALUE');

  /** 2 vCPUs, 4 GiB. */
  public static readonly STANDARD = ComputeType.of('STANDARD');

  /** 2 vCPUs, 8 GiB. */
  public static readonly PERFORMANCE = ComputeType.of('PERFORMANCE');

  /** 4 vCPUs, 16 GiB. */
  public static readonly POWER = ComputeType.of('POWER');

  /** 8 vCPUs, 32 GiB. */
  public static readonly POWERPRO = ComputeType.of('POWERPRO');

  /** 16 vCPUs, 64 GiB. Needs volumes of at least 175 GiB (root) and 100 GiB (user). */
  public static readonly GENERALPURPOSE_4XLARGE = ComputeType.of('GENERALPURPOSE_4XLARGE');

  /** 32 vCPUs, 128 GiB. Needs volumes of at least 175 GiB (root) and 100 GiB (user). */
  public static readonly GENERALPURPOSE_8XLARGE = ComputeType.of('GENERALPURPOSE_8XLARGE');

  /** One NVIDIA T4 GPU, 4 vCPUs, 16 GiB. */
  public static readonly GRAPHICS_G4DN = ComputeType.of('GRAPHICS_G4DN');

  /** One NVIDIA T4 GPU, 16 vCPUs, 64 GiB. */
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
   * Hardware that has no member here yet.
   *
   * @param name The API's name, as in `ComputeTypeName` of CreateWorkspaces.
   * @throws when the name is empty, has blanks, or is not in capitals.
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
