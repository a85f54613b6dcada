import type { Random } from '../core/random';
import type { KmsService } from '../kms';
import type { Agenda } from './agenda';
import type { Bundles } from './bundles';
import type { Directories } from './directories';
import type { Images } from './images';
import type { KeyAccess } from './key-access';
import type { WorkspacesOptions } from './service-options';
import type { Desktops } from './store';

/** What every operation works on. */
export interface World {
  readonly agenda: Agenda;
  readonly kms: KmsService;
  readonly keyAccess: KeyAccess;
  readonly options: WorkspacesOptions;
  readonly random: Random;
  readonly desktops: Desktops;
  readonly directories: Directories;
  readonly bundles: Bundles;
  readonly images: Images;
  /** Of directories, bundles and images, by id, since they were looked at or changed. */
  readonly otherTags: Map<string, Map<string, string>>;
}
