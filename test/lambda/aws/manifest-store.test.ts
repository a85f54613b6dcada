import type { S3Client } from '@aws-sdk/client-s3';
import { awsManifestStore } from '../../../lambda/aws/manifest-store';

describe('the list of users in S3', () => {
  const location = { Bucket: 'b', Key: 'k' };
  const failing = (name: string) => awsManifestStore({ send: async () => { throw Object.assign(new Error('no'), { name }); } } as unknown as S3Client)(location);

  test.each(['NoSuchKey', 'NoSuchBucket', 'NotFound'])('for which S3 answers %s no longer exists', async (name) => {
    await expect(failing(name)).rejects.toMatchObject({ name: 'DeploymentFailure', message: expect.stringContaining('the list of users at s3://b/k no longer exists') });
  });

  test('that cannot be read may be deleted, or not allowed; other errors may be temporary', async () => {
    await expect(failing('AccessDenied')).rejects.toMatchObject({ name: 'AccessDenied', message: 'the list of users at s3://b/k cannot be read, or no longer exists (then deploy again to upload it): no' });
    await expect(failing('InternalError')).rejects.toMatchObject({ name: 'InternalError', message: 'no' });
  });
});
