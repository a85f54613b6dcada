import { changeOf } from './changes';
import { findVisible } from './find';
import { enter, isLeaving } from './life';
import { changeRunningMode } from './running-mode';
import type { Duration, WorkspacesSettings } from './settings';
import type { Desktop, DesktopProperties } from './store';
import { badParameter, checkEnum, checkProperties } from './validation';
import { milliseconds, World } from './world';
import { ServiceError } from '../core/service';

export type ChangedResource = 'ROOT_VOLUME' | 'USER_VOLUME' | 'COMPUTE_TYPE' | 'PROTOCOL' | 'NESTED_VIRTUALIZATION';

/** A change of a desktop's properties that takes time; `DONE` ones do not show. */
export interface Change {
  readonly resource: ChangedResource;
  state: 'UPDATE_INITIATED' | 'UPDATE_IN_PROGRESS' | 'UPDATE_FAILED' | 'DONE';
}

/** States in which not even the running mode can be changed. */
const NEVER_MODIFIED = ['PENDING', 'SUSPENDED', 'TERMINATING', 'TERMINATED'];

/** What belongs to one property: a running mode and its timeout are changed together, all else by itself. */
const PROPERTIES: Readonly<Record<string, string>> = {
  RunningMode: 'RunningMode',
  RunningModeAutoStopTimeoutInMinutes: 'RunningMode',
};

/** One property a call, of a desktop that is AVAILABLE or STOPPED. The new value shows once it is there. */
export function modifyWorkspaceProperties(world: World, input: any): object {
  const { DataReplication, WorkspaceProperties: wanted = {} } = input;
  checkEnum('DataReplication', DataReplication);
  checkProperties(wanted);
  const desktop = findVisible(world, input, 'WorkspaceId');
  if (DataReplication !== undefined) throw badParameter(`The local cloud has no standby WorkSpaces: DataReplication ${DataReplication}.`);
  const property = onlyProperty(wanted);
  if (isChanging(desktop) || desktop.migratingTo) {
    throw new ServiceError('OperationInProgressException', 'The properties of this WorkSpace are currently being modified. Try again in a moment.');
  }
  checkState(world, desktop, property);

  if (property === 'RunningMode') changeRunningMode(world, desktop, wanted);
  else if (property === 'GlobalAccelerator') desktop.properties = { ...desktop.properties, GlobalAccelerator: wanted.GlobalAccelerator };
  else begin(world, desktop, changeOf(world, desktop, property, wanted));
  return {};
}

/** As DescribeWorkspaces shows it. */
export function modificationStates({ change }: Desktop): object[] {
  return change && change.state !== 'DONE' ? [{ Resource: change.resource, State: change.state }] : [];
}

export function isChanging({ change }: Desktop): boolean {
  return change?.state === 'UPDATE_INITIATED' || change?.state === 'UPDATE_IN_PROGRESS';
}

function onlyProperty(wanted: object): string {
  const properties = [...new Set(Object.keys(wanted).map((name) => PROPERTIES[name] ?? name))];
  if (properties.length === 0) throw badParameter('WorkspaceProperties must have a property to modify.');
  if (properties.length > 1) throw badParameter(`Only one property can be modified at a time, the request has ${properties.join(', ')}.`);
  return properties[0];
}

function checkState({ settings }: World, { workspaceId, state }: Desktop, property: string): void {
  const isAnyTime = property === 'RunningMode' && settings.runningModeStates === 'any';
  if (state === 'AVAILABLE' || state === 'STOPPED' || (isAnyTime && !NEVER_MODIFIED.includes(state))) return;
  throw new ServiceError('InvalidResourceStateException', `The WorkSpace ${workspaceId} is in the state ${state}: it must be AVAILABLE or STOPPED.`);
}

function begin(world: World, desktop: Desktop, planned: { readonly resource: ChangedResource; readonly to: Partial<DesktopProperties> }): void {
  const { agenda, settings } = world;
  const change: Change = { resource: planned.resource, state: 'UPDATE_INITIATED' };
  desktop.change = change;
  agenda.in(milliseconds(settings.changeInitiatedFor, desktop), () => {
    if (isLeaving(desktop.state)) return;
    change.state = 'UPDATE_IN_PROGRESS';
    const comeBack = goThrough(world, desktop, stateWhile(settings, change.resource));
    agenda.in(milliseconds(timeOf(settings, change.resource), desktop), () => {
      if (isLeaving(desktop.state)) return;
      if (settings.failedChanges.some((user) => user.toLowerCase() === desktop.userName.toLowerCase())) {
        change.state = 'UPDATE_FAILED';
      } else {
        change.state = 'DONE';
        desktop.properties = { ...desktop.properties, ...planned.to };
      }
      comeBack();
    });
  });
}

/** @returns takes the desktop back to where it was, if nobody else has moved it */
function goThrough(world: World, desktop: Desktop, state: WorkspacesSettings['stateWhileResizing']): () => void {
  const before = desktop.state;
  if (state === 'unchanged' || (before !== 'AVAILABLE' && before !== 'STOPPED')) return () => undefined;
  enter(world, desktop, state);
  const { course } = desktop;
  return () => {
    if (desktop.course === course) enter(world, desktop, before);
  };
}

function isVolume(resource: ChangedResource): boolean {
  return resource === 'ROOT_VOLUME' || resource === 'USER_VOLUME';
}

function stateWhile(settings: WorkspacesSettings, resource: ChangedResource): WorkspacesSettings['stateWhileResizing'] {
  return isVolume(resource) ? settings.stateWhileResizing : settings.stateWhileRestarting;
}

function timeOf(settings: WorkspacesSettings, resource: ChangedResource): Duration {
  if (isVolume(resource)) return settings.volumeTime;
  return resource === 'PROTOCOL' ? settings.protocolTime : settings.computeTime;
}
