import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CustomResourceType } from './cloudformation/custom-resource';
import { resourceTypes } from './cloudformation/resources';
import { EndpointTables } from './cloudformation/resources/tables';
import { CloudFormationService } from './cloudformation/service';
import { ACCOUNT, REGION } from './core/account';
import { EndpointClient } from './core/client';
import { Clock, RunningClock } from './core/clock';
import { Endpoint } from './core/endpoint';
import type { Middleware } from './core/service';
import { DynamoDbService } from './dynamodb';
import { IamRegistry } from './iam';
import { KmsService } from './kms';
import { nodeBinary } from './lambda/node-binary';
import { LambdaService } from './lambda/service';
import { ResponseUrls } from './response-url';
import { S3Service } from './s3';
import { SsmService } from './ssm';
import { StepFunctionsService } from './stepfunctions';
import { StsService } from './sts';
import { WorkspacesService, WorkspacesSettings } from './workspaces';

export interface LocalCloudProps {
  /** Real or scaled time. @default - real time */
  readonly clock?: Clock;
  readonly workspaces?: Partial<WorkspacesSettings>;
  /** Where functions' output is kept, a file for each. @default - in memory only */
  readonly logDirectory?: string;
}

/** Whoever deploys, and CloudFormation itself: nothing restricts them. */
const DEPLOYER_KEY = 'LOCALDEPLOYERACCESSK';
const CLOUDFORMATION_KEY = 'LOCALCLOUDFORMATIONK';

/** What `cdk bootstrap` would have made. */
const BOOTSTRAP = { bucket: `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`, versionParameter: '/cdk-bootstrap/hnb659fds/version', version: '30' };

const NODE_MODULES = resolve(__dirname, '..', 'node_modules');

/** The part of AWS that the project meets, on 127.0.0.1, in one account and Region. All of its state is in memory. */
export class LocalCloud {
  readonly clock: Clock;
  readonly iam = new IamRegistry();
  readonly responseUrls = new ResponseUrls();
  readonly sts: StsService;
  readonly ssm: SsmService;
  readonly s3: S3Service;
  readonly kms: KmsService;
  readonly dynamodb = new DynamoDbService();
  readonly workspaces: WorkspacesService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly cloudformation: CloudFormationService;
  private readonly endpoint = new Endpoint();
  private readonly client = new EndpointClient(() => this.endpointUrl);
  private url?: string;
  private workDirectory?: string;

  constructor(props: LocalCloudProps = {}) {
    const { clock = new RunningClock(), logDirectory } = props;
    this.clock = clock;
    this.sts = new StsService(clock, this.iam);
    this.ssm = new SsmService(clock);
    this.s3 = new S3Service(clock);
    this.kms = new KmsService(clock, { account: ACCOUNT, region: REGION });
    this.workspaces = new WorkspacesService(clock, this.kms, props.workspaces);
    this.lambda = new LambdaService({ clock, logDirectory, workDirectory: () => this.started(this.workDirectory), host: () => this.host() });
    this.stepFunctions = new StepFunctionsService(clock, this.client, this.iam);
    this.cloudformation = new CloudFormationService({
      clock,
      types: resourceTypes({
        iam: this.iam,
        lambda: this.lambda,
        s3: this.s3,
        ssm: this.ssm,
        stepFunctions: this.stepFunctions,
        tables: new EndpointTables(this.client, CLOUDFORMATION_KEY),
        keys: this.kms,
      }),
      customResource: new CustomResourceType({ clock, client: this.client, responseUrls: this.responseUrls, accessKeyId: CLOUDFORMATION_KEY }),
      object: (bucket, key) => this.s3.get(bucket, key).content,
      ssmParameter: (name) => this.ssm.value(name),
    });
    this.endpoint.register(
      this.sts, this.ssm, this.s3, this.kms, this.dynamodb, this.workspaces, this.lambda, this.stepFunctions, this.cloudformation,
    );
    this.s3.createBucket(BOOTSTRAP.bucket);
    this.ssm.put(BOOTSTRAP.versionParameter, BOOTSTRAP.version);
  }

  get endpointUrl(): string {
    return this.started(this.url);
  }

  /** The variables with which any AWS tool talks to this cloud and to nothing else; those that must not be set are undefined. */
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
      CI: '1',
      NO_COLOR: '1',
    };
  }

  /** Stands around every call, also those that the local cloud's services make of each other. The first one added is the outermost. */
  use(middleware: Middleware): this {
    this.endpoint.use(middleware);
    return this;
  }

  async start(): Promise<void> {
    this.workDirectory = await mkdtemp(join(tmpdir(), 'local-cloud-'));
    await Promise.all([this.responseUrls.start(), this.dynamodb.start()]);
    this.url = await this.endpoint.start();
  }

  /** Ends what is running: deployments stop waiting, functions are killed. */
  async stop(): Promise<void> {
    this.stepFunctions.stop();
    await this.lambda.stop();
    await this.cloudformation.stop();
    await this.endpoint.stop();
    this.client.close();
    await Promise.all([this.responseUrls.stop(), this.dynamodb.stop()]);
    if (this.workDirectory) await rm(this.workDirectory, { recursive: true, force: true });
    this.workDirectory = undefined;
    this.url = undefined;
  }

  private host() {
    return {
      clock: this.clock,
      nodeBinary: nodeBinary(NODE_MODULES),
      nodeModules: NODE_MODULES,
      endpointUrl: this.endpointUrl,
      responses: { port: this.responseUrls.port, certificateFile: this.responseUrls.certificateFile },
      accessKeyFor: (name: string, roleArn: string) => this.iam.accessKeyFor({ kind: 'function', name, roleArn }),
    };
  }

  private started<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the local cloud has not been started: await start() first');
    return value;
  }
}
