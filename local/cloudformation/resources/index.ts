import { arn } from '../../core/account';
import type { ResourceType } from '../resource-type';
import { DynamoDbTableType } from './dynamodb-table';
import { IamManagedPolicyType } from './iam-managed-policy';
import { IamPolicyType } from './iam-policy';
import { IamRoleType } from './iam-role';
import { KmsAliasType, KmsKeyType } from './kms';
import { LambdaFunctionType } from './lambda-function';
import type { ResourcePorts } from './ports';
import { RecordedType } from './recorded';
import { S3BucketType } from './s3-bucket';
import { SsmParameterType } from './ssm-parameter';
import { StateMachineType } from './state-machine';

/** All resource types of the local CloudFormation, besides custom resources. It refuses templates with other types. */
export function resourceTypes(ports: ResourcePorts): Map<string, ResourceType> {
  return new Map<string, ResourceType>([
    ['AWS::CDK::Metadata', new RecordedType()],
    ['AWS::CloudFormation::WaitConditionHandle', new RecordedType({ properties: [] })],
    ['AWS::DynamoDB::Table', new DynamoDbTableType(ports.tables)],
    ['AWS::IAM::ManagedPolicy', new IamManagedPolicyType(ports.iam)],
    ['AWS::IAM::Policy', new IamPolicyType(ports.iam)],
    ['AWS::IAM::Role', new IamRoleType(ports.iam)],
    ['AWS::KMS::Alias', new KmsAliasType(ports.keys)],
    ['AWS::KMS::Key', new KmsKeyType(ports.keys)],
    ['AWS::Lambda::Function', new LambdaFunctionType(ports)],
    ['AWS::Lambda::Permission', new RecordedType({ properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'] })],
    ['AWS::Logs::LogGroup', new RecordedType({
      properties: ['LogGroupName', 'RetentionInDays', 'KmsKeyId', 'LogGroupClass', 'Tags'],
      nameProperty: 'LogGroupName',
      longestName: 512,
      attributes: (name) => ({ Arn: `${arn('logs', `log-group:${name}`)}:*` }),
    })],
    ['AWS::S3::Bucket', new S3BucketType(ports.s3)],
    ['AWS::SSM::Parameter', new SsmParameterType(ports.ssm)],
    ['AWS::StepFunctions::StateMachine', new StateMachineType(ports.stepFunctions)],
  ]);
}
