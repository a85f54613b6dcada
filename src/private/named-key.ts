import { Aws } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

const ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:(key\/[\w-]+|alias\/[\w/-]+)$/;
const ALIAS = /^alias\/[\w/-]+$/;
/** A UUID, or the id of a multi-Region key. */
const KEY_ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;

/**
 * A key from a CSV file. An id or an alias means a key of the stack's account and Region. The key is in no app's tree, because the file can be
 * read before there is a stack.
 */
export class NamedKey extends Construct implements kms.IKeyRef {
  /** Returns undefined if the text is not an ARN, an id or an alias. */
  public static from(text: string): NamedKey | undefined {
    const inArn = ARN.exec(text)?.[1];
    if (inArn) return new NamedKey(text, inArn);
    const resource = ALIAS.test(text) ? text : KEY_ID.test(text) && `key/${text}`;
    return resource ? new NamedKey(`arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`, resource) : undefined;
  }

  public readonly env = { account: Aws.ACCOUNT_ID, region: Aws.REGION };
  public readonly keyRef: kms.KeyReference;

  private constructor(keyArn: string, resource: string) {
    super(undefined as never, ''); // a root
    this.keyRef = { keyArn, keyId: resource.replace(/^key\//, '') };
  }
}
