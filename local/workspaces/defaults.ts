import type { Refusal } from './refusal';
import type { WorkspacesOptions } from './service-options';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const BAD_KEY: Refusal = {
  scope: 'item',
  code: 'ResourceNotFound.Key',
  message: 'The specified key could not be found. Please provide a valid key for encryption.',
};

export const EXISTS: Refusal = {
  scope: 'item',
  code: 'ResourceExists.WorkSpace',
  message: 'A WorkSpace already exists for the specified user.',
};

export const DEFAULT_OPTIONS: WorkspacesOptions = {
  seed: 1,
  throttle: { perSecond: 2, burst: 5 },
  throttledCall: 'free',
  quota: Infinity,
  quotaExceeded: { scope: 'call', code: 'ResourceLimitExceededException', message: 'Your resource limits have been exceeded.' },

  directories: 'any',
  bundles: 'any',
  images: [],
  users: 'any',
  missingUsers: [],

  invisibleFor: 4 * SECOND,
  incompleteFor: 0,
  buildTime: 'typical',
  terminateTime: 5 * MINUTE,
  terminatedFor: 0,
  stopTime: MINUTE,
  startTime: 90 * SECOND,
  rebootTime: 5 * MINUTE,
  rebuildTime: 30 * MINUTE,
  restoreTime: 30 * MINUTE,
  autoStop: true,
  lateErrors: {},
  defaultRunningMode: 'ALWAYS_ON',
  registerTime: 3 * MINUTE,
  deregisterTime: 3 * MINUTE,

  changeInitiatedFor: MINUTE,
  volumeTime: 25 * MINUTE,
  computeTime: HOUR,
  protocolTime: 20 * MINUTE,
  stateWhileResizing: 'unchanged',
  stateWhileRestarting: 'REBOOTING',
  changeWait: 6 * HOUR,
  smallerComputeWait: 30 * DAY,
  changeTooEarly: { code: 'InvalidResourceStateException', message: 'The WorkSpace was launched or changed too recently.' },
  runningModeStates: 'any',
  failedChanges: [],

  migrateTime: HOUR,
  stateWhileMigrating: 'unchanged',
  failedMigrations: [],

  pendingOrder: 'reversed',
  createdNames: 'as asked',
  shownNames: 'as asked',
  describeOrder: 'id',
  oddAnswers: [],
  lastPageToken: 'absent',

  unknownDirectory: {
    scope: 'item',
    code: 'ResourceNotFound.Directory',
    message: 'The specified directory could not be found in the specified region.',
  },
  unknownUser: { scope: 'item', code: 'ResourceNotFound.User', message: 'The specified user could not be found in the specified directory.' },
  duplicateInBatch: EXISTS,
  unknownBundle: { scope: 'item', code: 'ResourceNotFound.Bundle', message: 'The specified bundle could not be found in the specified region.' },
  badVolumes: { scope: 'call', code: 'InvalidParameterValuesException' },
  badKey: BAD_KEY,
  unavailableKey: {
    scope: 'item',
    code: 'ResourceUnavailable.Key',
    message: 'The specified key is not available. Please provide a valid key for encryption',
  },
  crossAccountKeys: 'refuse',
  volumeWithoutKey: BAD_KEY,
  keyWithoutVolume: 'ignore-key',
  keyDenied: { scope: 'item', code: 'AccessDenied.Key', message: 'The specified key could not be used. Please provide a valid key for encryption.' },
  keyUserActions: 'checked',
  createTagsOnCreate: 'unchecked',

  unknownDesktopCode: '400',
  protectedDesktopCode: 'InvalidResourceState.WorkSpace',
  terminateUnknown: 'refuse',
  terminateInvisible: 'accept',
  terminateAgain: 'accept',
  terminateSuspended: 'refuse',
  tagsOfUnknown: 'error',
};
