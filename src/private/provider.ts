import * as path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, IConstruct } from 'constructs';
import { ENVIRONMENT, HANDLERS, QUERY_INTERVAL_SECONDS, STEP_TIMEOUT_SECONDS, TABLE_PARTITION_KEY, TABLE_SORT_KEY } from './contract';
import { StepPermissions } from './step-permissions';
import { TakenUsers } from './taken-users';
import { identityOf } from './token-identity';
import type { UserEntry } from './user-entry';
import { fail, refuse } from './validation';
import type { IBulkWorkspacesProvider } from '../bulk-workspaces-provider';

/** The bundle of lambda/provider.ts. The path is the same from lib/private and from src/private. */
const BUNDLE = path.join(__dirname, '..', '..', 'assets', 'lambda', 'provider');

/** Never change this id: all deployed stacks would get another provider. */
const ID = 'BulkWorkspacesProvider';

/** Creates, changes and terminates the desktops of all fleets of a stack: functions, the framework that calls them, and their ledger. */
export class WorkspacesProvider extends Construct implements IBulkWorkspacesProvider {
  /** Returns the stack's provider, which is created for its first fleet. */
  public static getOrCreate(fleet: IConstruct, logGroup?: logs.ILogGroupRef): WorkspacesProvider {
    const stack = Stack.of(fleet);
    return WorkspacesProvider.find(stack) ?? new WorkspacesProvider(stack, fleet, logGroup);
  }

  /** Refuses a log group that differs from that of the stack's other fleets. Call it before anything is added to the tree. */
  public static checkLogGroup(fleet: IConstruct, logGroup?: logs.ILogGroupRef): void {
    const existing = WorkspacesProvider.find(Stack.of(fleet));
    if (!existing) return;
    const [here, there] = [logGroup, existing.givenLogGroup].map(group => group && identityOf(fleet, group.logGroupRef.logGroupName));
    if (here === there) return;
    const without = (group?: logs.ILogGroupRef) => group ? `'${group.node.path}'` : 'none';
    fail(fleet, '\'logGroup\' must be the same for all fleets of a stack, which share one provider: ' +
      `'${existing.firstFleet}' has ${without(existing.givenLogGroup)}, got ${without(logGroup)}; give all fleets the same log group, or none`);
  }

  /** Refuses users to whom another fleet of the stack gives a desktop. Call it before anything is added to the tree. */
  public static checkUsers(fleet: IConstruct, directoryId: string, entries: readonly UserEntry[]): void {
    const taken = WorkspacesProvider.find(Stack.of(fleet))?.takenUsers ?? new TakenUsers();
    refuse(taken.problem(fleet, directoryId, entries), fleet);
  }

  private static find(stack: Stack): WorkspacesProvider | undefined {
    return stack.node.tryFindChild(ID) as WorkspacesProvider | undefined;
  }

  public readonly serviceToken: string;
  public readonly ledger: dynamodb.Table;
  /** The permissions of the step function. */
  public readonly permissions: StepPermissions;
  /** The role of the step function. */
  public readonly handlerRole: iam.IRole;
  /** The users of all fleets of the stack. */
  public readonly takenUsers = new TakenUsers();

  private readonly firstFleet: string;
  private readonly givenLogGroup?: logs.ILogGroupRef;

  private constructor(stack: Stack, firstFleet: IConstruct, givenLogGroup?: logs.ILogGroupRef) {
    super(stack, ID);
    this.firstFleet = firstFleet.node.path;
    this.givenLogGroup = givenLogGroup;

    const logGroup = givenLogGroup ?? new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    // No point-in-time recovery: everything that protects a desktop is also in its tags, so lost rows cost calls but no desktops.
    // Therefore the table can be deleted with the stack. It is encrypted with a key that AWS owns, which needs no grants and costs nothing.
    this.ledger = new dynamodb.Table(this, 'Ledger', {
      partitionKey: { name: TABLE_PARTITION_KEY, type: dynamodb.AttributeType.STRING },
      sortKey: { name: TABLE_SORT_KEY, type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const step = this.handler('Step', {
      handler: HANDLERS.step,
      description: 'BulkWorkspaces: looks at a fleet and does the next piece of work',
      timeout: Duration.seconds(STEP_TIMEOUT_SECONDS),
      memorySize: 512,
      logGroup,
      environment: {
        [ENVIRONMENT.tableName]: this.ledger.tableName,
        [ENVIRONMENT.stepTimeoutSeconds]: String(STEP_TIMEOUT_SECONDS),
      },
    });
    this.handlerRole = step.role!;
    this.permissions = new StepPermissions(stack, this.handlerRole, this.ledger);

    const isComplete = this.handler('IsComplete', {
      handler: HANDLERS.isComplete,
      description: 'BulkWorkspaces: asks the step function whether a fleet is done; a crash of that means not yet',
      // Longer than the step, so that it sees when the step dies. It also waits for further steps that follow at once.
      timeout: Duration.minutes(15),
      memorySize: 256,
      logGroup,
      environment: { [ENVIRONMENT.stepFunctionName]: step.functionName },
    });
    // Not grantInvoke(), which adds all versions and aliases.
    isComplete.addToRolePolicy(new iam.PolicyStatement({
      sid: 'InvokeStep',
      actions: ['lambda:InvokeFunction'],
      resources: [step.functionArn],
    }));

    const onEvent = this.handler('OnEvent', {
      handler: HANDLERS.onEvent,
      description: 'BulkWorkspaces: names a fleet and notes which event is the current one',
      // While AWS denies the ledger, because a policy is new, it waits for two minutes.
      timeout: Duration.minutes(4),
      memorySize: 256,
      logGroup,
      environment: { [ENVIRONMENT.tableName]: this.ledger.tableName },
    });
    onEvent.addToRolePolicy(new iam.PolicyStatement({
      sid: 'NoteEvents',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [this.ledger.tableArn],
    }));

    // The framework logs only errors, which is its default. Whole events contain the URL with which anyone can answer CloudFormation.
    this.serviceToken = new Provider(this, 'Framework', {
      onEventHandler: onEvent,
      isCompleteHandler: isComplete,
      queryInterval: Duration.seconds(QUERY_INTERVAL_SECONDS),
      totalTimeout: Duration.hours(1),
      logGroup,
    }).serviceToken;
  }

  private handler(id: string, props: {
    readonly handler: string;
    readonly description: string;
    readonly timeout: Duration;
    readonly memorySize: number;
    readonly logGroup: logs.ILogGroupRef;
    readonly environment: { [key: string]: string };
  }): lambda.Function {
    const { logGroupName } = props.logGroup.logGroupRef;
    const role = new iam.Role(this, `${id}Role`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    // Not AWSLambdaBasicExecutionRole, which allows writing to every log group of the account.
    role.addToPolicy(new iam.PolicyStatement({
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${logGroupName}:*` })],
    }));
    return new lambda.Function(this, id, {
      ...props,
      code: lambda.Code.fromAsset(BUNDLE),
      handler: `index.${props.handler}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      role,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: { ...props.environment, [ENVIRONMENT.stackId]: Stack.of(this).stackId, [ENVIRONMENT.logGroupName]: logGroupName },
    });
  }
}
