import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CustomResourceType } from './cloudformation/custom-resource';
import { resourceTypes } from './cloudformation/resources';
import { EndpointTables } from './cloudformation/resources/tables';
import { CloudFormationService } from './cloudformation/service';
import { ACCOUNT, arn, REGION } from './core/account';
import { EndpointClient } from './core/client';
import { Clock, RunningClock, VirtualClock } from './core/clock';
import { Endpoint } from './core/endpoint';
import type { Middleware } from './core/service';
import { DynamoDbService } from './dynamodb';
import { Faults } from './faults';
import { allRequests, behind, enforcement, IamRegistry, keyAccess, mayLog } from './iam';
import { KmsService } from './kms';
import { nodeBinary } from './lambda/node-binary';
import { LambdaService } from './lambda/service';
import { ResponseUrls } from './response-url';
import { S3Service } from './s3';
import { SsmService } from './ssm';
import { StepFunctionsService } from './stepfunctions';
import { StsService } from './sts';
import { TaggingService } from './tagging';
import { WorkspacesService, WorkspacesOptions } from './workspaces';

export interface LocalCloudProps {
  /**
   * Real, scaled or virtual time. Under virtual time, functions run in this process. A client outside, such as the cdk CLI, sees the
   * time jump.
   * @default - real time
   */
  readonly clock?: Clock;
  readonly workspaces?: Partial<WorkspacesOptions>;
  /** The folder for the output of functions, a file for each. @default - in memory only */
  readonly logDirectory?: string;
}

/** The access keys of the deployer and of CloudFormation. Nothing restricts them. The cdk CLI remembers which account a key is of. */
const DEPLOYER_KEY = `LOCALDEPLOYER${ACCOUNT}`;
const CLOUDFORMATION_KEY = 'LOCALCLOUDFORMATIONK';

/** What `cdk bootstrap` would make. */
const BOOTSTRAP = { bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`, versionParameter: '/cdk-bootstrap/hnb659fds/version', version: '30' };
const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup', 'cfn-exec'].map((purpose) => (
  arn('iam', `role/cdk-hnb659fds-${purpose}-role-${ACCOUNT}-${REGION}`)
));

const NODE_MODULES = resolve(__dirname, '..', 'node_modules');

/** The part of AWS that the project uses, on 127.0.0.1, in one account and Region. All its state is in memory. */
export class LocalCloud {
  readonly clock: Clock;
  readonly iam: IamRegistry;
  readonly responseUrls: ResponseUrls;
  readonly sts: StsService;
  readonly ssm: SsmService;
  readonly s3: S3Service;
  readonly kms: KmsService;
  readonly dynamodb: DynamoDbService;
  readonly workspaces: WorkspacesService;
  readonly tagging: TaggingService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly cloudformation: CloudFormationService;
  /** How CloudFormation sends requests to custom resources. */
  readonly customResources: CustomResourceType;
  /** Faults of calls. A fault hits only calls of functions, unless it says otherwise. */
  readonly faults: Faults;
  private readonly endpoint = new Endpoint(REGION);
  private readonly client = new EndpointClient(this.endpoint);
  private url?: string;
  private workDirectory?: string;

  constructor(props: LocalCloudProps = {}) {
    const { clock = new RunningClock(), logDirectory } = props;
    this.clock = clock;
    this.iam = new IamRegistry(clock);
    this.responseUrls = new ResponseUrls(clock);
    this.sts = new StsService(clock, this.iam);
    this.ssm = new SsmService(clock);
    this.s3 = new S3Service(clock);
    this.dynamodb = new DynamoDbService(clock);
    this.kms = new KmsService(clock, { account: ACCOUNT, region: REGION, policyDelay: () => this.iam.policyDelay });
    this.workspaces = new WorkspacesService(clock, this.kms, props.workspaces, {
      keyAccess: keyAccess({ iam: this.iam, kms: this.kms, workspacesOptions: () => this.workspaces.options }),
    });
    this.tagging = new TaggingService(this.workspaces);
    this.lambda = new LambdaService({
      clock,
      logDirectory,
      mayLog: (configuration) => mayLog(this.iam, clock, configuration),
      workDirectory: () => this.started(this.workDirectory),
      host: () => this.host(),
    });
    this.stepFunctions = new StepFunctionsService(clock, this.client, this.iam);
    this.customResources = new CustomResourceType({ clock, client: this.client, responseUrls: this.responseUrls, accessKeyId: CLOUDFORMATION_KEY });
    this.cloudformation = new CloudFormationService({
      clock,
      types: resourceTypes({
        iam: this.iam,
        lambda: this.lambda,
        s3: this.s3,
        ssm: this.ssm,
        stepFunctions: this.stepFunctions,
        tables: new EndpointTables(this.client, CLOUDFORMATION_KEY, clock),
        keys: this.kms,
      }),
      customResource: this.customResources,
      object: (bucket, key) => this.s3.get(bucket, key).content,
      ssmParameter: (name) => this.ssm.value(name),
    });
    this.faults = new Faults({
      clock,
      isByFunction: ({ caller }) => this.iam.principalOf(caller)?.kind === 'function',
      kill: ({ caller }) => void this.lambda.killSandbox(caller.sessionToken ?? ''),
    });
    const services = [
      this.sts, this.ssm, this.s3, this.kms, this.dynamodb, this.workspaces, this.tagging, this.lambda, this.stepFunctions, this.cloudformation,
    ];
    const permitted = enforcement(this.iam, this.requests());
    this.endpoint.use(this.faults.middleware).register(...services.map((service) => behind(permitted, service)));
    for (const roleArn of BOOTSTRAP_ROLES) this.iam.deployers.add(roleArn);
    this.s3.createBucket(BOOTSTRAP.bucket);
    this.ssm.put(BOOTSTRAP.versionParameter, BOOTSTRAP.version);
  }

  get endpointUrl(): string {
    return this.started(this.url);
  }

  /** Variables that make any AWS tool talk only to this cloud. A variable that must be unset is undefined. */
  get environment(): Record<string, string | undefined> {
    const nowhere = join(this.started(this.workDirectory), 'no-such-file');
    return {
      AWS_ENDPOINT_URL: this.endpointUrl,
      AWS_ACCESS_KEY_ID: DEPLOYER_KEY,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: undefined,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_PROFILE: undefined,
      AWS_DEFAULT_PROFILE: undefined,
      AWS_CONFIG_FILE: nowhere,
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: undefined,
      CDK_DEFAULT_ACCOUNT: ACCOUNT,
      CDK_DEFAULT_REGION: REGION,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: 'true',
    };
  }

  /** Adds a middleware around every call, also around calls between services of the local cloud. The first one added is the outermost. */
  use(middleware: Middleware): this {
    this.endpoint.use(middleware);
    return this;
  }

  /** @param port on 127.0.0.1; 0 for any that is free */
  async start(port = 0): Promise<void> {
    this.workDirectory = await mkdtemp(join(tmpdir(), 'local-cloud-'));
    await Promise.all([this.responseUrls.start(), this.dynamodb.start()]);
    try {
      this.url = await this.endpoint.start(port);
    } catch (error) {
      await this.stop(); // otherwise the services that have started would keep listening
      throw error;
    }
  }

  /** Stops everything: deployments stop waiting, and functions are killed. */
  async stop(): Promise<void> {
    this.stepFunctions.stop();
    await this.lambda.stop();
    await this.cloudformation.stop();
    await this.endpoint.stop();
    if (this.clock instanceof VirtualClock) this.clock.stop();
    await Promise.all([this.responseUrls.stop(), this.dynamodb.stop()]);
    if (this.workDirectory) await rm(this.workDirectory, { recursive: true, force: true });
    this.workDirectory = undefined;
    this.url = undefined;
  }

  /** Facts that permissions depend on, besides policies. Only the services know them. */
  private requests() {
    return allRequests({
      cloudformation: { stackIdOf: (nameOrId) => this.cloudformation.stacks.find(nameOrId)?.id },
      dynamodb: this.dynamodb,
      kms: this.kms,
      s3: this.s3,
      sts: { trustOf: (roleArn) => this.iam.roleOf(roleArn)?.effectiveTrust },
      workspaces: this.workspaces,
    });
  }

  private host() {
    return {
      clock: this.clock,
      nodeBinary: nodeBinary(NODE_MODULES),
      nodeModules: NODE_MODULES,
      endpointUrl: this.endpointUrl,
      endpoint: this.endpoint,
      responses: this.responseUrls,
      accessKeyFor: (name: string, roleArn: string) => this.iam.accessKeyFor({ kind: 'function', name, roleArn }),
    };
  }

  private started<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the local cloud has not been started: await start() first');
    return value;
  }
}
