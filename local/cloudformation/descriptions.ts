import type { Change } from './resource-changes';
import type { RollbackConfiguration } from './rollback-triggers';
import type { Stack, StackEvent, StackResource } from './stack';

const date = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

export function describeStack(stack: Stack): object {
  const desired = stack.latest ?? stack.current;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: desired?.template.Description,
    Parameters: Object.entries(desired?.rawParameters ?? {}).map(([ParameterKey, ParameterValue]) => {
      const { NoEcho, Type } = desired!.template.Parameters[ParameterKey];
      const resolved = Type.startsWith('AWS::SSM::') ? { ResolvedValue: desired!.parameters[ParameterKey] } : {};
      return { ParameterKey, ParameterValue: String(NoEcho) === 'true' ? '****' : ParameterValue, ...resolved };
    }),
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: desired?.mode.keepsFailed ?? false,
    EnableTerminationProtection: false,
    RollbackConfiguration: describeRollback(desired?.rollbackConfiguration),
    NotificationARNs: [],
    Capabilities: desired?.capabilities ?? [],
    RoleARN: desired?.roleArn,
    Tags: desired?.tags ?? [],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => (
      { OutputKey: key, OutputValue: value, Description: description, ExportName: exportName }
    )),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function describeRollback({ triggers, monitoringMinutes }: RollbackConfiguration = { triggers: [] }): object {
  return { RollbackTriggers: triggers.length > 0 ? triggers : undefined, MonitoringTimeInMinutes: monitoringMinutes };
}

/** A stack as a list shows it, with fewer members than its description. */
export function summarizeStack(stack: Stack): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: (stack.latest ?? stack.current)?.template.Description,
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** A resource as DescribeStackResources shows it: with its stack, and with another name for the time. */
export function describeResource(stack: Stack, resource: StackResource): object {
  return {
    StackId: stack.id,
    StackName: stack.name,
    Timestamp: date(resource.changed),
    ...aboutResource(resource),
  };
}

/** A resource as DescribeStackResource shows it: with the time's name as in a list, and with its metadata. */
export function detailResource(stack: Stack, resource: StackResource): object {
  const { Metadata } = resource.definition;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...summarizeResource(resource),
    Metadata: Metadata === undefined ? undefined : JSON.stringify(Metadata),
  };
}

export function summarizeResource(resource: StackResource): object {
  return { LastUpdatedTimestamp: date(resource.changed), ...aboutResource(resource) };
}

function aboutResource(resource: StackResource): object {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.definition.Type,
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
