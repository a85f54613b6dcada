import type { BundleProps } from './bundles';
import { page, positions } from './paging';
import { badParameter, checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

const MADE_AT = Date.UTC(2026, 0, 1) / 1_000;

export function describeWorkspaceBundles({ bundles, options }: World, input: any): object {
  const { BundleIds, Owner } = input;
  if (BundleIds !== undefined) {
    if (Owner !== undefined) throw badParameter('The Owner parameter cannot be combined with BundleIds.');
    checkOptionalList('BundleIds', BundleIds);
    BundleIds.forEach((id: string) => checkPattern('Bundle ID', id));
  }
  const found: Required<BundleProps>[] = BundleIds
    ? [...new Set<string>(BundleIds)].flatMap((id) => bundles.find(id) ?? [])
    : bundles.ownedBy(Owner);
  const request = { question: { BundleIds, Owner }, token: input.NextToken };
  const { items, NextToken } = page(found, positions(found), request, options.lastPageToken);
  return { Bundles: items.map(element), NextToken };
}

function element(bundle: Required<BundleProps>): object {
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
