import type { Encryption } from './desktop';
import type { Refusal } from './refusal';
import type { World } from './world';
import type { Call } from '../core/service';

/** A key that has been found good, before its grant is made. */
export type KeyPlan = Omit<Encryption, 'grantId'>;

/** @returns how a desktop is encrypted, if at all; or why it cannot be made */
export function judgeEncryption(world: World, request: any, call: Call): { readonly key?: KeyPlan } | { readonly refusal: Refusal } {
  const { kms, keyAccess, options } = world;
  const userVolume = request.UserVolumeEncryptionEnabled === true;
  const rootVolume = request.RootVolumeEncryptionEnabled === true;
  let name: string | undefined = request.VolumeEncryptionKey;
  if (!userVolume && !rootVolume) {
    if (name === undefined || options.keyWithoutVolume === 'ignore-key') return {};
    return { refusal: options.keyWithoutVolume };
  }
  if (name === undefined) {
    if (options.volumeWithoutKey !== 'default-key') return { refusal: options.volumeWithoutKey };
    name = 'alias/aws/workspaces';
  }
  if (isForeign(world, name) && options.crossAccountKeys === 'accept') {
    return keyAccess.mayUse(call, name) ? { key: { keyArn: name, userVolume, rootVolume } } : { refusal: options.keyDenied };
  }
  // A bare key id is not one of the forms that the service documents or was seen to take.
  const key = /^(arn:|alias\/)/.test(name) ? kms.resolve(name) : undefined;
  if (!key || key.spec !== 'SYMMETRIC_DEFAULT') return { refusal: options.badKey };
  if (key.state !== 'Enabled') return { refusal: options.unavailableKey };
  if (!keyAccess.mayUse(call, key.arn)) return { refusal: options.keyDenied };
  return { key: { keyArn: key.arn, userVolume, rootVolume } };
}

/** The grant that WorkSpaces makes for itself in the caller's name. What is done to a key of another account is not seen from here. */
export function encrypt(world: World, key: KeyPlan, directoryId: string, userName: string): Encryption {
  const { kms } = world;
  if (isForeign(world, key.keyArn)) return key;
  const grantId = kms.grant(key.keyArn, {
    granteePrincipal: `workspaces.${kms.region}.amazonaws.com`,
    operations: ['Decrypt', 'GenerateDataKeyWithoutPlaintext', 'CreateGrant', 'DescribeKey'],
    constraints: { EncryptionContextSubset: { 'aws:workspaces:sid-directoryid': `[${userName}]@[${directoryId}]` } },
  });
  return { ...key, grantId };
}

function isForeign({ kms }: World, name: string): boolean {
  const [, region, account] = /^arn:aws[a-z-]*:kms:([^:]+):(\d{12}):key\//.exec(name) ?? [];
  return region === kms.region && account !== kms.account;
}
