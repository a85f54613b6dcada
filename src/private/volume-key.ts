import { Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';

/** What the provider needs to know about a key. */
export interface VolumeKey {
  /** The construct behind it. */
  readonly construct: kms.IKeyRef;
  /** ARN of a key or of an alias. */
  readonly arn: string;
  /** Set for an alias: which key it stands for is known only when the stack is deployed, and may change. */
  readonly aliasName?: string;
}

export function volumeKey(key: kms.IKeyRef): VolumeKey {
  const { keyArn, keyId } = key.keyRef;
  return { construct: key, arn: keyArn, aliasName: aliasName(key, keyId, keyArn) };
}

function aliasName(key: kms.IKeyRef, keyId: string, keyArn: string): string | undefined {
  // kms.Alias poses as a key; only it has this member.
  const name = (key as kms.IKeyRef & { readonly aliasName?: string }).aliasName;
  if (name !== undefined) return name;
  if (!Token.isUnresolved(keyId) && keyId.startsWith('alias/')) return keyId;
  // Key.fromKeyArn() takes the ARN of an alias as well.
  return Token.isUnresolved(keyArn) ? undefined : /^arn:[^:]+:kms:[^:]*:[^:]*:(alias\/.+)$/.exec(keyArn)?.[1];
}
