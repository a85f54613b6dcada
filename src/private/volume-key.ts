import { Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Problem } from './validation';

/** What the provider needs to know about an encryption key. */
export interface VolumeKey {
  /** The construct that the app gave. */
  readonly construct: kms.IKeyRef;
  /** ARN of a key or of an alias. */
  readonly arn: string;
  /** The alias's name, if the app gave an alias. Its key is known only when the stack is deployed, and can change. */
  readonly aliasName?: string;
}

export function volumeKey(key: kms.IKeyRef): VolumeKey {
  const { keyArn, keyId } = key.keyRef;
  return { construct: key, arn: keyArn, aliasName: aliasName(key, keyId, keyArn) };
}

/** What is wrong with a key, as far as synth can see. The properties of an imported key, for example, cannot be seen. */
export function keyProblem(key: kms.IKeyRef): Problem {
  const { aliasName: name } = volumeKey(key);
  if (name !== undefined && !Token.isUnresolved(name) && !name.startsWith('alias/')) {
    return `'volumeEncryptionKey' must be a key, or an alias whose name begins with "alias/", got ${JSON.stringify(name)}; ` +
      `write ${JSON.stringify(`alias/${name}`)} instead`;
  }
  const child = key.node.defaultChild;
  const resource = child instanceof kms.CfnAlias ? (key as kms.IAlias).aliasTargetKey.node.defaultChild : child ?? key;
  if (!(resource instanceof kms.CfnKey)) return undefined;
  for (const [prop, allowed] of [['keySpec', 'SYMMETRIC_DEFAULT'], ['keyUsage', 'ENCRYPT_DECRYPT']] as const) {
    const value = resource[prop];
    if (value !== undefined && !Token.isUnresolved(value) && value !== allowed) {
      return `'volumeEncryptionKey' must be a symmetric key for encryption, got '${key.node.path}' with ${prop} ${JSON.stringify(value)}; ` +
        `remove ${prop} from this key, or give another key`;
    }
  }
  return undefined;
}

function aliasName(key: kms.IKeyRef, keyId: string, keyArn: string): string | undefined {
  // kms.Alias has the interface of a key. Of the two, only an alias has this member.
  const name = (key as kms.IKeyRef & { readonly aliasName?: string }).aliasName;
  if (name !== undefined) return name;
  if (!Token.isUnresolved(keyId) && keyId.startsWith('alias/')) return keyId;
  // Key.fromKeyArn() accepts the ARN of an alias, too.
  return Token.isUnresolved(keyArn) ? undefined : /^arn:[^:]+:kms:[^:]*:[^:]*:(alias\/.+)$/.exec(keyArn)?.[1];
}
