import { GetBucketLocationCommand, S3Client } from '@aws-sdk/client-s3';
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ENV } from './eu-west-1';
import { MINUTE, VirtualStack } from './virtual-stack';
import { WorkspaceUsers } from '../../src';
import { newFleet } from '../fixtures';

// Another account and Region than in all other tests, with and without `env` of the stack, and assets that are encrypted with a key of the account.

const ASSETS = `cdk-hnb659fds-assets-${ENV.account}-${ENV.region}`;

const people = (count: number) => Array.from({ length: count }, (_, i) => `user${i}`);

test.each([['names its account and Region', ENV], ['names none', undefined]])('a stack that %s is deployed there with a large fleet, grows and is destroyed', async (_, env) => {
  const stack = await VirtualStack.start({ buildTime: MINUTE, keyUserActions: 'checked' }, env);
  try {
    stack.cloud.s3.encryptBucket(ASSETS, stack.cloud.kms.createKey().arn);
    const fleet = (count: number) => (in_: Stack) => {
      const volumeEncryptionKey = new kms.Key(in_, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
      const made = newFleet(in_, { users: WorkspaceUsers.fromNames(people(count)), volumeEncryptionKey, removalPolicy: RemovalPolicy.DESTROY });
      new CfnOutput(in_, 'Last', { value: made.workspaceId(`user${count - 1}`) });
    };
    const last = () => stack.cloud.cloudformation.stacks.all().at(-1)!.outputs.find(({ key }) => key === 'Last')!.value;
    const idOf = (userName: string) => stack.present().find((each) => each.userName === userName)!.workspaceId;

    expect(await stack.deploy(fleet(210))).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(last()).toBe(idOf('user209'));
    expect(new Set(stack.present().map(({ encryption }) => encryption?.keyArn.split(':key/')[0]))).toEqual(new Set([`arn:aws:kms:${ENV.region}:${ENV.account}`]));
    expect(await stack.deploy(fleet(230))).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(last()).toBe(idOf('user229'));
    expect(stack.cloud.cloudformation.stacks.find('Test')!.id).toContain(`:${ENV.region}:${ENV.account}:`);
    const s3 = new S3Client({ region: ENV.region, endpoint: stack.cloud.endpointUrl, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, forcePathStyle: true });
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: ASSETS }))).LocationConstraint).toBe(ENV.region);
    s3.destroy();
    expect(stack.cloud.iam.denials).toEqual([]);
    expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
    expect(stack.users()).toEqual([]);
  } finally {
    await stack.stop();
  }
});
