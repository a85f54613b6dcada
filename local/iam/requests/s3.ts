import { type KmsFacts, onKey } from './kms';
import type { ServiceRequests } from './requests';
import { PARTITION, REGION } from '../../core/account';
import type { Call, WireRequest } from '../../core/service';
import type { AuthorizationRequest } from '../registry';

export interface S3Facts {
  has(bucket: string, key: string): boolean;
  /** The ARN of the customer's key that encrypts the bucket. */
  keyOf(bucket: string): string | undefined;
}

/** Actions by operation, if the names differ. */
const ON_BUCKET: Readonly<Record<string, string>> = {
  CreateBucket: 'CreateBucket',
  DeleteBucket: 'DeleteBucket',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLocation: 'GetBucketLocation',
  GetBucketVersioning: 'GetBucketVersioning',
  HeadBucket: 'ListBucket',
};

export function s3Requests(facts: S3Facts, kms: KmsFacts): ServiceRequests {
  // S3 uses the key in the caller's name.
  const use = (action: string, request: WireRequest): AuthorizationRequest[] => {
    const keyArn = facts.keyOf(addressOf(request).bucket);
    const key = keyArn === undefined ? undefined : kms.resolve(keyArn);
    return key ? [onKey(kms, action, key, {
      'kms:ViaService': `s3.${REGION}.amazonaws.com`,
      'aws:ViaAWSService': 'true',
      'kms:EncryptionContext:aws:s3:arn': onObject('', request).resource,
    })] : [];
  };
  // A caller who may not list the bucket is not told that an object is missing.
  const read = ({ request }: Call): AuthorizationRequest[] => {
    const { bucket, key } = addressOf(request);
    return [onObject('GetObject', request), ...(facts.has(bucket, key) ? use('Decrypt', request) : [onBucket('ListBucket', request)])];
  };
  return {
    ...Object.fromEntries(Object.entries(ON_BUCKET).map(([operation, action]) => [operation, ({ request }: Call) => [onBucket(action, request)]])),
    ListObjectsV2: ({ request }) => [{ ...onBucket('ListBucket', request), context: listing(request.query) }],
    GetObject: read,
    HeadObject: read,
    PutObject: ({ request }) => [onObject('PutObject', request), ...use('GenerateDataKey', request)],
    DeleteObject: ({ request }) => [onObject('DeleteObject', request)],
  };
}

function onBucket(action: string, request: WireRequest): AuthorizationRequest {
  return { action: `s3:${action}`, resource: `arn:${PARTITION}:s3:::${addressOf(request).bucket}` };
}

function onObject(action: string, request: WireRequest): AuthorizationRequest {
  const { bucket, key } = addressOf(request);
  return { action: `s3:${action}`, resource: `arn:${PARTITION}:s3:::${bucket}/${key}` };
}

function listing(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries(['prefix', 'delimiter', 'max-keys'].flatMap((name) => (query.has(name) ? [[`s3:${name}`, query.get(name)!]] : [])));
}

/** Reads a path-style address. */
function addressOf({ path }: WireRequest): { bucket: string; key: string } {
  const [bucket, ...key] = path.slice(1).split('/').map(decodeURIComponent);
  return { bucket, key: key.join('/') };
}
