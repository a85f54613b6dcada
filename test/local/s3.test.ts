import { Readable } from 'node:stream';
import {
  CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, GetBucketEncryptionCommand, GetBucketLocationCommand, GetBucketVersioningCommand,
  GetObjectCommand, HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, PutObjectTaggingCommand, S3Client,
} from '@aws-sdk/client-s3';
import { uploadedContent } from '../../local/aws-chunked';
import { VirtualClock } from '../../local/core/clock';
import { Endpoint } from '../../local/core/endpoint';
import { S3Service } from '../../local/s3';

const Bucket = 'a-bucket';
const service = new S3Service(new VirtualClock());
const endpoint = new Endpoint().register(service);
let client: S3Client;

beforeAll(async () => {
  client = new S3Client({ endpoint: await endpoint.start(), region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await endpoint.stop();
});

async function read(Key: string): Promise<string> {
  return (await client.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
}

test('returns what was put, under any key', async () => {
  const Key = 'folder/a key+with %.txt';
  await client.send(new PutObjectCommand({ Bucket, Key, Body: 'content', ContentType: 'text/plain' }));
  expect(await read(Key)).toBe('content');
  expect(service.keys(Bucket)).toContain(Key);
  expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 7, ContentType: 'text/plain' });
});

test('removes the framing of a streamed upload', async () => {
  const encodings: unknown[] = [];
  endpoint.use((call, next) => {
    if (call.operation === 'PutObject') encodings.push(call.request.headers['content-encoding']);
    return next();
  });
  const text = 'x'.repeat(100_000);
  await client.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body: Readable.from([text, 'end']), ContentLength: text.length + 3 }));
  expect(encodings).toEqual(['aws-chunked']);
  expect(await read('streamed')).toBe(`${text}end`);
});

test('refuses a streamed upload whose checksum is wrong, or that is cut off', () => {
  const headers = { 'content-encoding': 'aws-chunked' };
  const frame = (trailer: string) => Buffer.from(`5\r\nhello\r\n0\r\n${trailer}\r\n\r\n`);
  expect(uploadedContent(headers, frame('x-amz-checksum-crc32:NhCmhg==')).toString()).toBe('hello');
  expect(() => uploadedContent(headers, frame('x-amz-checksum-crc32:AAAAAA=='))).toThrow('did not match the calculated checksum');
  expect(() => uploadedContent(headers, Buffer.from('5\r\nhel'))).toThrow('the chunk of 5 bytes at byte 0 does not end where it should');
  expect(() => uploadedContent({ ...headers, 'x-amz-decoded-content-length': '6' }, frame('a:b'))).toThrow('x-amz-decoded-content-length is 6');
});

test('a conditional put does not overwrite', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'first', IfNoneMatch: '*' }));
  await expect(client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'second', IfNoneMatch: '*' })))
    .rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  expect(await read('once')).toBe('first');
});

test('names what does not exist', async () => {
  await expect(read('nothing')).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'nothing' });
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'another' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(client.send(new HeadBucketCommand({ Bucket: 'another' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

test('lists by prefix, page by page', async () => {
  for (const name of ['1', '2', '3']) await client.send(new PutObjectCommand({ Bucket, Key: `list/${name}`, Body: name }));
  const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 2 }));
  expect(first.Contents!.map(({ Key }) => Key)).toEqual(['list/1', 'list/2']);
  const second = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', ContinuationToken: first.NextContinuationToken }));
  expect(second).toMatchObject({ IsTruncated: false, KeyCount: 1, Contents: [{ Key: 'list/3', Size: 1 }] });
});

test('deletes', async () => {
  await client.send(new PutObjectCommand({ Bucket, Key: 'doomed', Body: 'x' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'doomed' }));
  expect(service.keys(Bucket)).not.toContain('doomed');
  await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
});

test('describes a bucket as the cdk CLI asks for it', async () => {
  expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(ServerSideEncryptionConfiguration!.Rules![0].ApplyServerSideEncryptionByDefault!.SSEAlgorithm).toBe('AES256');
  expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
});

test('refuses what it does not have, by name', async () => {
  await expect(client.send(new PutObjectTaggingCommand({ Bucket, Key: 'once', Tagging: { TagSet: [] } }))).rejects.toMatchObject({
    name: 'NotImplemented', message: 'the local s3 service does not have PUT /a-bucket/once?tagging= (tagging)',
  });
});

test('an encrypted bucket says with which key, until it is deleted', async () => {
  const encrypted = 'an-encrypted-bucket';
  const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/5f0c1d9e';
  service.createBucket(encrypted);
  service.encryptBucket(encrypted, keyArn);
  const { ServerSideEncryptionConfiguration } = await client.send(new GetBucketEncryptionCommand({ Bucket: encrypted }));
  expect(ServerSideEncryptionConfiguration?.Rules).toEqual([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } }]);
  service.deleteBucket(encrypted);
  service.createBucket(encrypted);
  expect(service.keyOf(encrypted)).toBeUndefined();
});
