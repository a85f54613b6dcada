import { checkChange } from './change-rules';
import { Change, Desktop, isChanging } from './desktop';
import { milliseconds } from './duration';
import { findVisible } from './find';
import { enter } from './life';
import { DesktopProperties, GradualChange, PROPERTIES } from './members';
import { checkProperties } from './properties';
import { changeRunningMode } from './running-mode';
import { isLeaving, State } from './state';
import { badParameter, checkEnum } from './validation';
import type { World } from './world';
import { ServiceError } from '../core/service';

/** States in which not even the running mode can be changed. */
const NEVER_MODIFIED = ['PENDING', 'SUSPENDED', 'TERMINATING', 'TERMINATED'];

/** Changes one property in each call, of a desktop that is AVAILABLE or STOPPED. The new value shows when the change is done. */
export function modifyWorkspaceProperties(world: World, input: any): object {
  const { DataReplication, WorkspaceProperties: asked = {} } = input;
  checkEnum('DataReplication', DataReplication);
  checkProperties(asked);
  const desktop = findVisible(world, input, 'WorkspaceId');
  if (DataReplication !== undefined) throw badParameter(`The local cloud has no standby WorkSpaces: DataReplication ${DataReplication}.`);
  const property = onlyProperty(asked);
  if (isChanging(desktop) || desktop.migratingTo) {
    throw new ServiceError('OperationInProgressException', 'The properties of this WorkSpace are currently being modified. Try again in a moment.');
  }
  checkState(world, desktop, property);

  const { modify } = PROPERTIES[property];
  if (modify === 'refused') throw badParameter(`${property} cannot be modified.`);
  if (modify === 'running-mode') {
    changeRunningMode(world, desktop, asked);
  } else if (modify === 'at-once') {
    desktop.properties = { ...desktop.properties, [property]: asked[property] };
  } else {
    checkChange(world, desktop, property, asked[property]);
    begin(world, desktop, modify, { [property]: asked[property] });
  }
  return {};
}

/** As DescribeWorkspaces shows it. */
export function modificationStates({ change }: Desktop): object[] {
  return change && change.state !== 'DONE' ? [{ Resource: change.resource, State: change.state }] : [];
}

/** A running mode and its timeout can be changed together. Every other property needs its own call. */
function onlyProperty(asked: Partial<DesktopProperties>): keyof DesktopProperties {
  const names = Object.keys(asked) as (keyof DesktopProperties)[];
  const properties = [...new Set(names.map((name) => (PROPERTIES[name].modify === 'running-mode' ? 'RunningMode' : name)))];
  if (properties.length === 0) throw badParameter('WorkspaceProperties must have a property to modify.');
  if (properties.length > 1) throw badParameter(`Only one property can be modified at a time, the request has ${properties.join(', ')}.`);
  return properties[0];
}

function checkState({ options }: World, { workspaceId, state }: Desktop, property: keyof DesktopProperties): void {
  const isAnyTime = PROPERTIES[property].modify === 'running-mode' && options.runningModeStates === 'any';
  if (state === 'AVAILABLE' || state === 'STOPPED' || (isAnyTime && !NEVER_MODIFIED.includes(state))) return;
  throw new ServiceError('InvalidResourceStateException', `The WorkSpace ${workspaceId} is in the state ${state}: it must be AVAILABLE or STOPPED.`);
}

function begin(world: World, desktop: Desktop, { resource, time, state }: GradualChange, to: Partial<DesktopProperties>): void {
  const { agenda, options } = world;
  const change: Change = { resource, state: 'UPDATE_INITIATED' };
  desktop.change = change;
  agenda.in(milliseconds(options.changeInitiatedFor, desktop), () => {
    if (isLeaving(desktop.state)) return;
    change.state = 'UPDATE_IN_PROGRESS';
    const comeBack = goThrough(world, desktop, options[state]);
    agenda.in(milliseconds(options[time], desktop), () => {
      if (isLeaving(desktop.state)) return;
      if (options.failedChanges.some((user) => user.toLowerCase() === desktop.userName.toLowerCase())) {
        change.state = 'UPDATE_FAILED';
      } else {
        change.state = 'DONE';
        desktop.properties = { ...desktop.properties, ...to };
      }
      comeBack();
    });
  });
}

/** @returns a function that restores the desktop's state, unless it has changed meanwhile */
function goThrough(world: World, desktop: Desktop, state: State | 'unchanged'): () => void {
  const before = desktop.state;
  if (state === 'unchanged' || (before !== 'AVAILABLE' && before !== 'STOPPED')) return () => undefined;
  enter(world, desktop, state);
  const { course } = desktop;
  return () => {
    if (desktop.course === course) enter(world, desktop, before);
  };
}
