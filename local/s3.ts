import { createHash } from 'node:crypto';
import { uploadedContent } from './aws-chunked';
import { REGION } from './core/account';
import type { Clock } from './core/clock';
import { Call, Reply, Service, ServiceError, WireRequest } from './core/service';
import { toFlatXml } from './core/xml';

export interface StoredObject {
  readonly content: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly modified: number;
}

type Bucket = Map<string, StoredObject>;

interface Address { readonly bucket: string; readonly key: string }

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const MAX_KEYS = 1_000;

/** Path-style S3, as SDKs use for an IP address: `/<bucket>/<key>`. */
export class S3Service implements Service {
  readonly signingName = 's3';
  private readonly buckets = new Map<string, Bucket>();
  /** The ARNs of customers' keys that encrypt buckets. */
  private readonly encryptionKeys = new Map<string, string>();

  private readonly operations: Readonly<Record<string, (call: Call, address: Address) => Reply>> = {
    CreateBucket: (_call, { bucket }) => {
      this.createBucket(bucket);
      return { status: 200, headers: { location: `/${bucket}` }, body: '' };
    },
    HeadBucket: (_call, { bucket }) => {
      this.bucket(bucket);
      return { status: 200, headers: { 'x-amz-bucket-region': REGION }, body: '' };
    },
    DeleteBucket: (_call, { bucket }) => {
      this.deleteBucket(bucket);
      return { status: 204, body: '' };
    },
    GetBucketLocation: (_call, { bucket }) => {
      this.bucket(bucket);
      return xml('LocationConstraint', REGION === 'us-east-1' ? {} : { '#text': REGION });
    },
    GetBucketEncryption: (_call, { bucket }) => {
      this.bucket(bucket);
      const key = this.keyOf(bucket);
      const how = key === undefined ? { SSEAlgorithm: 'AES256' } : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key };
      return xml('ServerSideEncryptionConfiguration', { Rule: { ApplyServerSideEncryptionByDefault: how } });
    },
    GetBucketVersioning: (_call, { bucket }) => {
      this.bucket(bucket);
      return xml('VersioningConfiguration', {}); // never enabled
    },
    ListObjectsV2: ({ request }, { bucket }) => this.list(bucket, request.query),
    PutObject: ({ request }, { bucket, key }) => {
      const objects = this.bucket(bucket);
      const condition = request.headers['if-none-match'];
      if (condition !== undefined && condition !== '*') {
        throw new ServiceError('NotImplemented', `If-None-Match of a PutObject must be "*", got ${JSON.stringify(condition)}`, 501);
      }
      if (condition === '*' && objects.has(key)) {
        throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
      }
      const content = uploadedContent(request.headers, request.body);
      return { status: 200, headers: { etag: this.put(bucket, key, content, request.headers['content-type']).etag }, body: '' };
    },
    GetObject: (_call, { bucket, key }) => {
      const object = this.get(bucket, key);
      return { status: 200, headers: describe(object), body: object.content };
    },
    HeadObject: (_call, { bucket, key }) => {
      const object = this.get(bucket, key);
      return { status: 200, headers: describe(object), body: object.content }; // the endpoint sends a HEAD's length and no body
    },
    DeleteObject: (_call, { bucket, key }) => {
      this.bucket(bucket).delete(key);
      return { status: 204, body: '' };
    },
  };

  constructor(private readonly clock: Clock) {}

  createBucket(name: string): void {
    if (this.buckets.has(name)) {
      throw new ServiceError('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', 409);
    }
    this.buckets.set(name, new Map());
  }

  /** Encrypts a bucket with a customer's key. A caller who reads or writes an object must be allowed to use the key. */
  encryptBucket(name: string, keyArn: string): void {
    this.bucket(name);
    this.encryptionKeys.set(name, keyArn);
  }

  /** The ARN of the customer's key that encrypts a bucket. */
  keyOf(bucket: string): string | undefined {
    return this.encryptionKeys.get(bucket);
  }

  deleteBucket(name: string): void {
    if (this.bucket(name).size > 0) throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    this.buckets.delete(name);
    this.encryptionKeys.delete(name);
  }

  put(bucket: string, key: string, content: Buffer, contentType = 'binary/octet-stream'): StoredObject {
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    const object = { content, contentType, etag, modified: this.clock.now() };
    this.bucket(bucket).set(key, object);
    return object;
  }

  get(bucket: string, key: string): StoredObject {
    const object = this.bucket(bucket).get(key);
    if (!object) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
    return object;
  }

  has(bucket: string, key: string): boolean {
    return this.buckets.get(bucket)?.has(key) ?? false;
  }

  keys(bucket: string): string[] {
    return [...this.bucket(bucket).keys()].sort();
  }

  parse(request: WireRequest): { operation: string; input: undefined } {
    return { operation: operationOf(request), input: undefined };
  }

  async handle(call: Call): Promise<Reply> {
    return this.operations[call.operation](call, addressOf(call.request.path));
  }

  reply(error: ServiceError): Reply {
    const body = toFlatXml('Error', { Code: error.code, Message: error.message, ...error.members });
    return { status: error.status, headers: { 'content-type': 'application/xml' }, body };
  }

  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    return bucket;
  }

  private list(name: string, query: URLSearchParams): Reply {
    const prefix = query.get('prefix') ?? '';
    const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const matching = this.keys(name).filter((key) => key.startsWith(prefix) && key > after);
    const page = matching.slice(0, maxKeys);
    const truncated = matching.length > page.length;
    return xml('ListBucketResult', {
      Name: name,
      Prefix: prefix,
      KeyCount: page.length,
      MaxKeys: maxKeys,
      IsTruncated: truncated,
      ...(truncated && { NextContinuationToken: page[page.length - 1] }),
      Contents: page.map((key) => {
        const object = this.get(name, key);
        const modified = new Date(object.modified).toISOString();
        return { Key: key, LastModified: modified, ETag: object.etag, Size: object.content.length, StorageClass: 'STANDARD' };
      }),
    });
  }
}

function addressOf(path: string): Address {
  const [bucket, ...key] = path.slice(1).split('/').map(decodeURIComponent);
  return { bucket, key: key.join('/') };
}

/** Query parameters that select an operation. Others (`x-id`, a signature) do not. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  location: 'GetBucketLocation',
  encryption: 'GetBucketEncryption',
  versioning: 'GetBucketVersioning',
};
const BUCKET_OPERATIONS: Readonly<Record<string, string>> = { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' };
const OBJECT_OPERATIONS: Readonly<Record<string, string>> = { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' };
const UNSUPPORTED = ['uploads', 'uploadId', 'acl', 'tagging', 'policy', 'delete', 'versions', 'versionId', 'attributes', 'lifecycle'];

function operationOf({ method, query, headers, path }: WireRequest): string {
  const { bucket, key } = addressOf(path);
  const unsupported = UNSUPPORTED.find((name) => query.has(name)) ?? ['x-amz-copy-source', 'range', 'if-match'].find((name) => headers[name]);
  const subresource = Object.keys(SUBRESOURCES).find((name) => query.has(name));

  let operation: string | undefined;
  if (!bucket || unsupported) operation = undefined;
  else if (key) operation = OBJECT_OPERATIONS[method];
  else if (method === 'GET') operation = subresource ? SUBRESOURCES[subresource] : query.get('list-type') === '2' ? 'ListObjectsV2' : undefined;
  else operation = subresource ? undefined : BUCKET_OPERATIONS[method];

  if (!operation) {
    const what = `${method} ${path}${query.size > 0 ? `?${query}` : ''}${unsupported ? ` (${unsupported})` : ''}`;
    throw new ServiceError('NotImplemented', `the local s3 service does not have ${what}`, 501);
  }
  return operation;
}

function describe(object: StoredObject): Record<string, string> {
  return { 'etag': object.etag, 'content-type': object.contentType, 'last-modified': new Date(object.modified).toUTCString(), 'accept-ranges': 'bytes' };
}

function xml(root: string, content: object): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: toFlatXml(root, { '@xmlns': NAMESPACE, ...content }) };
}
