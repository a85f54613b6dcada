import { ServiceError } from '../core/service';

/** Refuses a whole call if the form of its input is wrong, in the service's own words. Types are checked before that, in input.ts. */

const PATTERNS = {
  'Directory ID': /^(d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63})$/,
  'Bundle ID': /^wsb-[0-9a-z]{8,63}$/,
  'WorkSpace ID': /^ws-[0-9a-z]{8,63}$/,
  'Image ID': /^wsi-[0-9a-z]{9,63}$/,
  'User Name': /^[^]{1,63}$/,
  'WorkSpace Name': /^[a-zA-Z0-9_()][a-zA-Z0-9_.()-]{1,63}$/,
  'Subnet ID': /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'IPv6 Address': /^((?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}::[0-9a-fA-F]{1,4})$/,
} as const;

export const ENUMS = {
  RunningMode: ['AUTO_STOP', 'ALWAYS_ON', 'MANUAL'],
  ComputeTypeName: [
    'VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE',
    'GRAPHICS', 'GRAPHICSPRO', 'GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN',
    'GRAPHICS_G6_XLARGE', 'GRAPHICS_G6_2XLARGE', 'GRAPHICS_G6_4XLARGE', 'GRAPHICS_G6_8XLARGE', 'GRAPHICS_G6_16XLARGE',
    'GRAPHICS_GR6_4XLARGE', 'GRAPHICS_GR6_8XLARGE', 'GRAPHICS_G6F_LARGE', 'GRAPHICS_G6F_XLARGE', 'GRAPHICS_G6F_2XLARGE',
    'GRAPHICS_G6F_4XLARGE', 'GRAPHICS_GR6F_4XLARGE', 'GRAPHICS_G7_2XLARGE', 'GRAPHICS_G7_4XLARGE', 'GRAPHICS_G7_8XLARGE',
    'GRAPHICS_G7_12XLARGE',
  ],
  Protocols: ['PCOIP', 'WSP'],
  OperatingSystemName: [
    'AMAZON_LINUX_2', 'UBUNTU_18_04', 'UBUNTU_20_04', 'UBUNTU_22_04', 'UBUNTU_24_04', 'UBUNTU_26_04', 'UNKNOWN',
    'WINDOWS_10', 'WINDOWS_11', 'WINDOWS_7',
    'WINDOWS_SERVER_2016', 'WINDOWS_SERVER_2019', 'WINDOWS_SERVER_2022', 'WINDOWS_SERVER_2025',
    'RHEL_8', 'RHEL_9', 'RHEL_10', 'ROCKY_8', 'ROCKY_9', 'ROCKY_10',
  ],
  GlobalAcceleratorMode: ['ENABLED_AUTO', 'DISABLED', 'INHERITED'],
  PreferredProtocol: ['TCP', 'NONE', 'INHERITED'],
  DataReplication: ['NO_REPLICATION', 'PRIMARY_AS_SOURCE'],
  WorkspaceState: ['AVAILABLE', 'ADMIN_MAINTENANCE'],
  Tenancy: ['DEDICATED', 'SHARED'],
  WorkspaceType: ['PERSONAL', 'POOLS'],
  UserIdentityType: ['CUSTOMER_MANAGED', 'AWS_DIRECTORY_SERVICE', 'AWS_IAM_IDENTITY_CENTER'],
  ImageType: ['OWNED', 'SHARED'],
  Name: ['USER_IDENTITY_TYPE', 'WORKSPACE_TYPE'],
} as const;

export const MOST_TAGS = 50;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function invalid(what: string, value: unknown): ServiceError {
  return validation(`The ${what} ${typeof value === 'string' ? value : JSON.stringify(value)} in the request is invalid.`);
}

export function badParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValuesException', message);
}

export function notFound(message: string, ResourceId: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, 400, { ResourceId });
}

export function requireMembers(input: Readonly<Record<string, unknown>>, ...names: string[]): void {
  const missing = names.filter((name) => input[name] === undefined || input[name] === '');
  if (missing.length > 0) throw validation(`The following arguments are required - ${missing.join(', ')}.`);
}

/** @param value undefined is well-formed; other checks decide whether a value is required */
export function checkPattern(what: keyof typeof PATTERNS, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || !PATTERNS[what].test(value))) throw invalid(what, value);
}

export function checkEnum(what: keyof typeof ENUMS, value: unknown): void {
  if (value !== undefined && !(ENUMS[what] as readonly unknown[]).includes(value)) throw invalid(what, value);
}

/** Checks a required list of the request, with 1 to 25 elements. */
export function checkList(name: string, value: unknown): asserts value is unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw validation(`The following arguments are required - ${name}.`);
  checkMost(name, value);
}

/** Checks an optional list of the request, with 1 to 25 elements. */
export function checkOptionalList(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.length === 0) throw validation(`The number of ${name} in the request, 0, is invalid: it must be from 1 to 25.`);
  checkMost(name, value);
}

export function checkTagKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key.length < 1 || key.length > 127) throw invalid('tag Key', key);
  if (/^aws:/i.test(key)) throw badParameter(`The tag Key ${key} in the request is invalid: the prefix aws: is reserved.`);
  checkTagText('Key', key);
}

/** @param tags a list of tags, or undefined */
export function checkTags(tags: unknown): asserts tags is Tag[] | undefined {
  if (tags === undefined) return;
  if (!Array.isArray(tags)) throw invalid('Tags', tags);
  for (const { Key, Value = '' } of tags) {
    checkTagKey(Key);
    if (typeof Value !== 'string' || Value.length > 255) throw invalid(`Value of the tag ${Key}`, Value);
    checkTagText(`Value of ${Key}`, Value);
  }
}

/** Call this when all tags of a resource are known. */
export function checkTagCount(count: number, resource: string): void {
  if (count > MOST_TAGS) {
    throw new ServiceError('ResourceLimitExceededException', `Your resource limits have been exceeded: ${resource} would have ${count} tags, at most ${MOST_TAGS} are allowed.`);
  }
}

function checkMost(name: string, value: readonly unknown[]): void {
  if (value.length > 25) throw validation(`The number of ${name} in the request, ${value.length}, is invalid: it must be from 1 to 25.`);
}

function checkTagText(what: string, text: string): void {
  if (text !== text.trim() || !/^[\p{L}\p{Z}\p{N}+\-=._:/@]*$/u.test(text)) {
    throw badParameter(`The tag ${what} ${JSON.stringify(text)} in the request is invalid: letters, numbers, spaces and +-=._:/@ are allowed, no spaces around it.`);
  }
}
