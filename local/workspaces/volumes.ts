import type { BundleProps } from './bundles';

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

/** @returns why the sizes are not allowed, if so. A size that the request does not specify is the bundle's. */
export function volumesRefused(properties: any, bundle: Required<BundleProps> | undefined): string | undefined {
  const { RootVolumeSizeGib, UserVolumeSizeGib } = properties;
  if (RootVolumeSizeGib === undefined && UserVolumeSizeGib === undefined) return undefined;
  const compute: string = properties.ComputeTypeName ?? bundle?.computeType ?? 'STANDARD';
  const root = RootVolumeSizeGib ?? bundle?.rootVolumeGib ?? 80;
  const user = UserVolumeSizeGib ?? bundle?.userVolumeGib ?? 50;
  return volumesFit(compute, root, user) ? undefined : refusalOf(compute);
}

export function volumesFit(compute: string, root: number, user: number): boolean {
  return Math.max(root, user) <= MOST_GIB && sizesOf(compute).allow(root, user);
}

export function refusalOf(compute: string): string {
  return `${groupOf(compute)}: Invalid root and user volume size selected. Root and user volume size (GB) must be ${sizesOf(compute).text}.`;
}

function sizesOf(compute: string): Sizes {
  if (compute.startsWith('GRAPHICS')) return GRAPHICS;
  return compute.startsWith('GENERALPURPOSE') ? GENERAL_PURPOSE : OTHERS;
}

function groupOf(compute: string): string {
  const name = compute.split('_')[0];
  return name[0] + name.slice(1).toLowerCase();
}
