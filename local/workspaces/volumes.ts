import type { BundleSettings } from './settings';
import { badParameter } from './validation';

interface Sizes {
  readonly text: string;
  allow(root: number, user: number): boolean;
}

const MOST_GIB = 2000;

const GRAPHICS: Sizes = { text: '(100+|100+)', allow: (root, user) => root >= 100 && user >= 100 };
const GENERAL_PURPOSE: Sizes = { text: '(175+|100+)', allow: (root, user) => root >= 175 && user >= 100 };
const OTHERS: Sizes = {
  text: '(80|10), (80|50), (80|100), (175+|100+)',
  allow: (root, user) => (root === 80 && [10, 50, 100].includes(user)) || (root >= 175 && user >= 100),
};

/** A size that the request does not give is the bundle's. */
export function checkVolumes(properties: any, bundle: Required<BundleSettings> | undefined): void {
  const { RootVolumeSizeGib, UserVolumeSizeGib } = properties;
  if (RootVolumeSizeGib === undefined && UserVolumeSizeGib === undefined) return;
  const compute: string = properties.ComputeTypeName ?? bundle?.computeType ?? 'STANDARD';
  const root = RootVolumeSizeGib ?? bundle?.rootVolumeGib ?? 80;
  const user = UserVolumeSizeGib ?? bundle?.userVolumeGib ?? 50;
  const sizes = sizesOf(compute);
  if (Number.isInteger(root) && Number.isInteger(user) && Math.max(root, user) <= MOST_GIB && sizes.allow(root, user)) return;
  throw badParameter(`${groupOf(compute)}: Invalid root and user volume size selected. Root and user volume size (GB) must be ${sizes.text}.`);
}

function sizesOf(compute: string): Sizes {
  if (compute.startsWith('GRAPHICS')) return GRAPHICS;
  return compute.startsWith('GENERALPURPOSE') ? GENERAL_PURPOSE : OTHERS;
}

function groupOf(compute: string): string {
  const name = compute.split('_')[0];
  return name[0] + name.slice(1).toLowerCase();
}
