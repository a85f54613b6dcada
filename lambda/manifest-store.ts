import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeploymentFailure } from './errors';
import type { ReadManifest } from './properties';

export function awsManifestStore(client: S3Client): ReadManifest {
  return async ({ Bucket, Key }) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return await Body!.transformToString('utf-8');
    } catch (error) {
      if (!['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes((error as Error).name)) throw error;
      throw new DeploymentFailure(`the list of users at s3://${Bucket}/${Key} is gone: somebody has deleted this asset; deploy again, so that it is uploaded anew`);
    }
  };
}
