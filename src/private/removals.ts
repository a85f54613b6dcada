import { CfnDeletionPolicy, CfnResource, CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { REMOVALS_RESOURCE_TYPE, RemovalsProperties } from './contract';
import type { WorkspacesProvider } from './provider';

/**
 * Adds the resource whose deletion in a clean-up is CloudFormation's order to remove the desktops of leavers. Before the clean-up, every update may
 * still be rolled back: another resource fails, an alarm goes off, somebody cancels.
 */
export function addRemovals(fleet: Construct, provider: WorkspacesProvider, properties: Omit<RemovalsProperties, 'ServiceToken'>): void {
  const resource = new CustomResource(fleet, 'Removals', {
    resourceType: REMOVALS_RESOURCE_TYPE,
    serviceToken: provider.serviceToken,
    serviceTimeout: Duration.hours(1),
    properties,
  });
  resource.node.addDependency(provider.permissions.policy);
  // An override, because an aspect must not retain this resource: CloudFormation sends no event for what it retains. No desktop depends on its
  // policy: its own deletion, with the fleet or the stack, removes none.
  const cfn = resource.node.defaultChild as CfnResource;
  cfn.addOverride('DeletionPolicy', CfnDeletionPolicy.DELETE);
  cfn.addOverride('UpdateReplacePolicy', CfnDeletionPolicy.DELETE);
}
