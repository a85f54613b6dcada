import type { IamRegistry } from './registry';
import { KmsFacts, onKey } from './requests/kms';
import { REGION } from '../core/account';
import type { Call } from '../core/service';

/** The actions that AWS's guide lists for people who create encrypted desktops. */
export const KEY_USER_ACTIONS = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'];

export interface KeyAccessOptions {
  readonly iam: IamRegistry;
  readonly kms: KmsFacts;
  /** WorkSpaces' options at the time of the call. */
  readonly workspacesOptions: () => { readonly keyUserActions: 'checked' | 'unchecked' };
}

/** WorkSpaces uses a key with the permissions of the caller who asks for a desktop. */
export function keyAccess({ iam, kms, workspacesOptions }: KeyAccessOptions): { mayUse(call: Call, keyArn: string): boolean } {
  return {
    mayUse(call, keyArn) {
      if (iam.rightsOf(call.caller) === 'anything') return true;
      const principal = iam.principalOf(call.caller);
      const key = kms.resolve(keyArn);
      if (!principal || !key) return false;

      const service = `workspaces.${REGION}.amazonaws.com`;
      const via = { 'kms:ViaService': service, 'aws:ViaAWSService': 'true' };
      const grant = onKey(kms, 'CreateGrant', key, {
        ...via,
        'kms:GrantIsForAWSResource': 'true',
        'kms:GranteePrincipal': service,
        'kms:GrantOperations': ['Decrypt', 'GenerateDataKeyWithoutPlaintext', 'CreateGrant', 'DescribeKey'],
      });
      const uses = workspacesOptions().keyUserActions === 'checked' ? KEY_USER_ACTIONS.map((action) => onKey(kms, action, key, via)) : [];
      return [grant, ...uses].every((request) => iam.allows(principal, request));
    },
  };
}
