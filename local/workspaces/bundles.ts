import type { KmsService } from '../kms';
import { page, positions } from './paging';
import type { BundleSettings, WorkspacesSettings } from './settings';
import { badParameter, checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

/** The bundles that the account may make desktops from. */
export class Bundles {
  private readonly known = new Map<string, Required<BundleSettings>>();
  private readonly anyOther: boolean;

  constructor(setting: WorkspacesSettings['bundles'], private readonly account: Pick<KmsService, 'account'>) {
    this.anyOther = setting === 'any';
    if (setting !== 'any') setting.forEach((bundle) => this.add(bundle));
  }

  add(bundle: BundleSettings): void {
    checkPattern('Bundle ID', bundle.bundleId);
    this.known.set(bundle.bundleId, this.complete(bundle));
  }

  find(bundleId: string): Required<BundleSettings> | undefined {
    return this.known.get(bundleId) ?? (this.anyOther ? this.complete({ bundleId }) : undefined);
  }

  ownedBy(owner: string = this.account.account): Required<BundleSettings>[] {
    return [...this.known.values()].filter((bundle) => bundle.owner === owner);
  }

  private complete(bundle: BundleSettings): Required<BundleSettings> {
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

const MADE_AT = Date.UTC(2026, 0, 1) / 1_000;

export function describeWorkspaceBundles({ bundles, settings }: World, input: any): object {
  const { BundleIds, Owner } = input;
  if (BundleIds !== undefined) {
    if (Owner !== undefined) throw badParameter('The Owner parameter cannot be combined with BundleIds.');
    checkOptionalList('BundleIds', BundleIds);
    BundleIds.forEach((id: string) => checkPattern('Bundle ID', id));
  }
  const found: Required<BundleSettings>[] = BundleIds
    ? [...new Set<string>(BundleIds)].flatMap((id) => bundles.find(id) ?? [])
    : bundles.ownedBy(Owner);
  const request = { question: { BundleIds, Owner }, token: input.NextToken };
  const { items, NextToken } = page(found, positions(found), request, settings.lastPageToken);
  return { Bundles: items.map(element), NextToken };
}

function element(bundle: Required<BundleSettings>): object {
  return {
    BundleId: bundle.bundleId,
    Name: bundle.name,
    Owner: bundle.owner,
    Description: bundle.name,
    ImageId: bundle.bundleId.replace(/^wsb-/, 'wsi-'),
    RootStorage: { Capacity: String(bundle.rootVolumeGib) },
    UserStorage: { Capacity: String(bundle.userVolumeGib) },
    ComputeType: { Name: bundle.computeType },
    LastUpdatedTime: MADE_AT,
    CreationTime: MADE_AT,
    State: bundle.state,
    BundleType: 'REGULAR',
    ...bundle.description,
  };
}
