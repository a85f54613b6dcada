import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

/**
 * Creates, changes and terminates the desktops of all fleets of a stack: Lambda functions, a state machine that calls them, and a DynamoDB
 * table.
 */
export interface IBulkWorkspacesProvider extends IConstruct {
  /**
   * The role with which desktops are created, changed and terminated. It already has the permissions that the fleets need.
   *
   * Use it in policies of other resources, such as the policy of a key that does not allow IAM policies to give access to the key.
   */
  readonly handlerRole: iam.IRole;
}
