import type { KMSClient } from '@aws-sdk/client-kms';
import { AwsKeysApi } from '../../../lambda/aws/keys';

describe('a key', () => {
  const keyOver = (answer: () => object) => new AwsKeysApi({ send: async () => answer() } as unknown as KMSClient);
  const failing = (name: string) => keyOver(() => { throw Object.assign(new Error('so it is'), { name }); });

  test.each(['NotFoundException', 'InvalidArnException', 'ValidationException'])('that KMS answers with %s does not exist', async (name) => {
    await expect(failing(name).usableKeyArn('alias/x')).rejects.toThrow(/"alias\/x" does not exist in this account and Region: use a key that exists\. KMS said: so it is$/);
    await expect(failing(name).usableKeyArn('alias/aws/workspaces')).rejects.toThrow('AWS creates it when somebody launches a WorkSpace');
  });

  test('that may not be read is distinguished from one that does not exist', async () => {
    await expect(failing('AccessDeniedException').usableKeyArn('k')).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('DescribeKey of k: does the key\'s policy') });
    await expect(failing('InternalException').usableKeyArn('k')).rejects.toMatchObject({ name: 'InternalException', message: 'so it is' });
  });

  test.each(['PendingDeletion', 'PendingImport', 'Unavailable'])('that is %s cannot be used', async (KeyState) => {
    await expect(keyOver(() => ({ KeyMetadata: { Arn: 'arn', KeyState } })).usableKeyArn('k')).rejects.toThrow(`is ${KeyState}; WorkSpaces needs an enabled key`);
  });

  test('without an ARN cannot be used; one with only an ARN can', async () => {
    await expect(keyOver(() => ({})).usableKeyArn('k')).rejects.toThrow('without an ARN');
    expect(await keyOver(() => ({ KeyMetadata: { Arn: 'arn' } })).usableKeyArn('k')).toBe('arn');
  });
});
