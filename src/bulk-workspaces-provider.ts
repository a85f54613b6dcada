import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

/**
 * What makes the desktops of all fleets of a stack: Lambda functions, a state machine that calls them, and a table.
 */
export interface IBulkWorkspacesProvider extends IConstruct {
  /**
   * The role that works: with it, desktops are made, changed and terminated.
   *
   * It has the permissions that the fleets need. It is here for policies of others, such as that of a key which does not let the account decide.
   */
  readonly handlerRole: iam.IRole;
}
