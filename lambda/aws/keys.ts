import { DescribeKeyCommand, type KeyMetadata, KMSClient } from '@aws-sdk/client-kms';
import { failureOf } from './errors';
import { DeploymentFailure } from '../core/deployment-failure';

/** The keys of KMS. */
export interface KeysApi {
  /**
   * The ARN of a key, named by an ARN, an id or an alias.
   * @throws DeploymentFailure if there is no such key, or WorkSpaces cannot use it
   */
  usableKeyArn(keyOrAlias: string): Promise<string>;
}

export class AwsKeysApi implements KeysApi {
  constructor(private readonly client: KMSClient) {}

  async usableKeyArn(keyOrAlias: string): Promise<string> {
    const key = await this.describe(keyOrAlias);
    const what = `the volume encryption key ${JSON.stringify(keyOrAlias)}`;
    // https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html
    if (key.KeySpec !== undefined && key.KeySpec !== 'SYMMETRIC_DEFAULT') {
      throw new DeploymentFailure(`${what} is of the kind ${key.KeySpec}; WorkSpaces accepts only symmetric keys (SYMMETRIC_DEFAULT): use another key`);
    }
    if (key.KeyState !== undefined && key.KeyState !== 'Enabled') {
      throw new DeploymentFailure(`${what} is ${key.KeyState}; WorkSpaces needs an enabled key: enable it, or use another key`);
    }
    if (!key.Arn) throw new DeploymentFailure(`KMS described ${what} without an ARN`);
    return key.Arn;
  }

  private async describe(keyOrAlias: string): Promise<Partial<KeyMetadata>> {
    try {
      const { KeyMetadata } = await this.client.send(new DescribeKeyCommand({ KeyId: keyOrAlias }));
      return KeyMetadata ?? {};
    } catch (error) {
      if (['NotFoundException', 'InvalidArnException', 'ValidationException'].includes((error as Error).name)) {
        const hint = keyOrAlias.includes('alias/aws/workspaces') ? ' (AWS creates it when somebody launches a WorkSpace of this Region from the console)' : '';
        throw new DeploymentFailure(`the volume encryption key ${JSON.stringify(keyOrAlias)} does not exist in this account and Region${hint}: use a key that exists. KMS said: ${(error as Error).message}`);
      }
      if (failureOf(error) === 'denied') {
        (error as Error).message = `${(error as Error).message} (DescribeKey of ${keyOrAlias}: does the key's policy let IAM policies of this account give access to it?)`;
      }
      throw error;
    }
  }
}
