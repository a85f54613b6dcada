import type { IamRegistry, PolicyDocument } from '../../iam';
import type { LambdaService } from '../../lambda/service';
import type { S3Service } from '../../s3';
import type { SsmService } from '../../ssm';
import type { StepFunctionsService } from '../../stepfunctions';
import type { Json, JsonObject } from '../json';

/** The service that has the tables. */
export interface TablePort {
  /** Resolves when the table is active. */
  createTable(input: JsonObject): Promise<void>;
  deleteTable(name: string): Promise<void>;
}

export interface KeyPort {
  createKey(properties: JsonObject): { keyId: string; arn: string };
  /** Without a document, the key gets the default policy. */
  putKeyPolicy(keyId: string, document?: PolicyDocument): void;
  scheduleDeletion(keyId: string, days: number): unknown;
  createAlias(name: string, keyId: string): void;
  deleteAlias(name: string): void;
}

/** The services in which resources are made. */
export interface ResourcePorts {
  readonly iam: IamRegistry;
  readonly lambda: Pick<LambdaService, 'put' | 'delete' | 'names'>;
  readonly s3: Pick<S3Service, 'createBucket' | 'deleteBucket' | 'get'>;
  readonly ssm: Pick<SsmService, 'put' | 'delete' | 'value'>;
  readonly stepFunctions: Pick<StepFunctionsService, 'putStateMachine' | 'deleteStateMachine'>;
  readonly tables: TablePort;
  readonly keys: KeyPort;
}

export function optionalText(value: Json | undefined): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
