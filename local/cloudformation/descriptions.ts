import type { Change } from './changes';
import type { Stack, StackEvent, StackResource } from './stack';

const date = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

export function describeStack(stack: Stack): object {
  const wanted = stack.latest ?? stack.current;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: wanted?.template.Description,
    Parameters: Object.entries(wanted?.rawParameters ?? {}).map(([ParameterKey, ParameterValue]) => {
      const { NoEcho, Type } = wanted!.template.Parameters[ParameterKey];
      const resolved = Type.startsWith('AWS::SSM::') ? { ResolvedValue: wanted!.parameters[ParameterKey] } : {};
      return { ParameterKey, ParameterValue: String(NoEcho) === 'true' ? '****' : ParameterValue, ...resolved };
    }),
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: false,
    EnableTerminationProtection: false,
    RollbackConfiguration: {},
    NotificationARNs: [],
    Capabilities: wanted?.capabilities ?? [],
    RoleARN: wanted?.roleArn,
    Tags: wanted?.tags ?? [],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => (
      { OutputKey: key, OutputValue: value, Description: description, ExportName: exportName }
    )),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeResource(stack: Stack, resource: StackResource): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.definition.Type,
    Timestamp: date(resource.changed),
    LastUpdatedTimestamp: date(resource.changed),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function describeEvent(stack: Stack, event: StackEvent): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? '',
    ResourceType: event.type,
    Timestamp: date(event.timestamp),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties && JSON.stringify(event.properties),
    ClientRequestToken: event.token,
  };
}

export function describeChange(change: Change): object {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.action === 'Modify' ? 'Conditional' : undefined,
      Scope: change.action === 'Modify' ? ['Properties'] : [],
      Details: [],
    },
  };
}
