import type { Encryption } from './desktop';
import type { Refusal } from './refusal';
import type { World } from './world';
import type { Call } from '../core/service';

/** A key that has been checked, before its grant is made. */
export type KeyPlan = Omit<Encryption, 'grantId'>;

/** @returns the key if the desktop is to be encrypted, or why it cannot be made */
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
  // The service neither documents nor was seen to accept a bare key id.
  const key = /^(arn:|alias\/)/.test(name) ? kms.resolve(name) : undefined;
  if (!key || key.spec !== 'SYMMETRIC_DEFAULT') return { refusal: options.badKey };
  if (key.state !== 'Enabled') return { refusal: options.unavailableKey };
  if (!keyAccess.mayUse(call, key.arn)) return { refusal: options.keyDenied };
  return { key: { keyArn: key.arn, userVolume, rootVolume } };
}

/** Makes the grant that WorkSpaces makes for itself in the caller's name. Not for a key of another account, which the local KMS does not have. */
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
