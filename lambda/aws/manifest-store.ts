import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeploymentFailure } from '../core/deployment-failure';
import type { ReadManifest } from '../request/resource-properties';

export function awsManifestStore(client: S3Client): ReadManifest {
  return async ({ Bucket, Key }) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return await Body!.transformToString('utf-8');
    } catch (error) {
      const { name } = error as Error;
      // Without the right to list the bucket, S3 says AccessDenied also for an object that does not exist.
      if (name === 'AccessDenied') (error as Error).message = `the list of users at s3://${Bucket}/${Key} cannot be read, or no longer exists (then deploy again to upload it): ${(error as Error).message}`;
      if (!['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes(name)) throw error;
      throw new DeploymentFailure(`the list of users at s3://${Bucket}/${Key} no longer exists, because somebody deleted this asset: deploy again to upload it`);
    }
  };
}
