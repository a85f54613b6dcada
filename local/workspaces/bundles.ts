import type { KmsService } from '../kms';
import { checkPattern } from './validation';

export interface BundleProps {
  readonly bundleId: string;
  /** @default the bundle's id */
  readonly name?: string;
  /** `AMAZON`, or an account number. @default the account's own */
  readonly owner?: string;
  /** @default 'STANDARD' */
  readonly computeType?: string;
  /** @default 80 */
  readonly rootVolumeGib?: number;
  /** @default 50 */
  readonly userVolumeGib?: number;
  /** The protocol of its new desktops. Only desktops made with PCOIP can change it later. @default 'PCOIP' */
  readonly protocol?: 'PCOIP' | 'WSP';
  /** @default 'AVAILABLE' */
  readonly state?: 'AVAILABLE' | 'PENDING' | 'ERROR';
  /** As a directory's. @default - none */
  readonly description?: Readonly<Record<string, unknown>>;
  /** @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The bundles that the account may make desktops from. */
export class Bundles {
  private readonly known = new Map<string, Required<BundleProps>>();
  private readonly anyOther: boolean;

  constructor(known: 'any' | readonly BundleProps[], private readonly account: Pick<KmsService, 'account'>) {
    this.anyOther = known === 'any';
    if (known !== 'any') known.forEach((bundle) => this.add(bundle));
  }

  add(bundle: BundleProps): void {
    checkPattern('Bundle ID', bundle.bundleId);
    this.known.set(bundle.bundleId, this.complete(bundle));
  }

  find(bundleId: string): Required<BundleProps> | undefined {
    return this.known.get(bundleId) ?? (this.anyOther ? this.complete({ bundleId }) : undefined);
  }

  ownedBy(owner: string = this.account.account): Required<BundleProps>[] {
    return [...this.known.values()].filter((bundle) => bundle.owner === owner);
  }

  private complete(bundle: BundleProps): Required<BundleProps> {
    return {
      name: bundle.bundleId,
      owner: this.account.account,
      computeType: 'STANDARD',
      rootVolumeGib: 80,
      userVolumeGib: 50,
      protocol: 'PCOIP',
      state: 'AVAILABLE',
      description: {},
      tags: {},
      ...bundle,
    };
  }
}
