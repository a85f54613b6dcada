import type { Random } from '../core/random';
import type { KmsService } from '../kms';
import type { Agenda } from './agenda';
import type { Bundles } from './bundles';
import type { Directories } from './directories';
import type { Images } from './images';
import type { KeyAccess } from './key-access';
import type { WorkspacesOptions } from './service-options';
import type { Desktops } from './store';

/** The state that all operations share. */
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
  /** Tags of directories, bundles and images, by id. An entry is made when they are first read or changed. */
  readonly otherTags: Map<string, Map<string, string>>;
}
