import { DEFAULT_SETTINGS } from './defaults';
import type { Refusal, WorkspacesSettings } from './settings';

/** A way in which the real service may be different from the defaults. */
export interface OtherAnswer {
  /** Of the answer; unique. */
  readonly name: string;
  /** What nobody here knows about the real service. */
  readonly question: string;
  readonly settings: Partial<WorkspacesSettings>;
}

const ITEM_OR_CALL = 'Which code does it have, and does it refuse one request or the whole call?';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const wholeCall = ({ message }: Refusal, code: string): Refusal => ({ scope: 'call', code, message });
const perItem = ({ message }: Refusal, code: string): Refusal => ({ scope: 'item', code, message });

const { unknownBundle, badKey, unavailableKey, keyDenied, quotaExceeded, unknownUser, unknownDirectory, duplicateInBatch } = DEFAULT_SETTINGS;
const KEY_COMBINATION: Refusal = {
  scope: 'call',
  code: 'InvalidParameterValuesException',
  message: 'The combination of VolumeEncryptionKey, UserVolumeEncryptionEnabled and RootVolumeEncryptionEnabled is invalid.',
};

/**
 * For each open question about the real service (facts, section 9, and what was found since), each other plausible answer:
 * what must hold under the defaults must hold under each of them.
 */
export const OTHER_ANSWERS: readonly OtherAnswer[] = [
  { name: 'bad bundle, whole call', question: `A bad bundle. ${ITEM_OR_CALL}`, settings: { unknownBundle: wholeCall(unknownBundle, 'ResourceNotFoundException') } },
  {
    name: 'bad bundle, whole call, invalid parameter',
    question: `A bad bundle. ${ITEM_OR_CALL}`,
    settings: { unknownBundle: wholeCall(unknownBundle, 'InvalidParameterValuesException') },
  },
  {
    name: 'bad key, whole call',
    question: `A bad key. ${ITEM_OR_CALL}`,
    settings: {
      badKey: wholeCall(badKey, 'InvalidParameterValuesException'),
      unavailableKey: wholeCall(unavailableKey, 'ResourceUnavailableException'),
    },
  },
  { name: 'bad key, other codes', question: `A bad key. ${ITEM_OR_CALL}`, settings: { badKey: perItem(badKey, 'InvalidKey'), unavailableKey: perItem(unavailableKey, 'InvalidKey') } },
  { name: 'denied key, whole call', question: `A key that the caller may not use. ${ITEM_OR_CALL}`, settings: { keyDenied: wholeCall(keyDenied, 'AccessDeniedException') } },
  { name: 'denied key, as if it were not there', question: `A key that the caller may not use. ${ITEM_OR_CALL}`, settings: { keyDenied: badKey } },
  { name: 'key users unchecked', question: 'Are kms:Encrypt and its like of the caller checked?', settings: { keyUserActions: 'unchecked' } },
  { name: 'quota, per item', question: `The quota. ${ITEM_OR_CALL}`, settings: { quotaExceeded: perItem(quotaExceeded, 'ResourceLimitExceeded.WorkSpace') } },
  { name: 'bad volumes, per item', question: `Unsupported volumes. ${ITEM_OR_CALL}`, settings: { badVolumes: { scope: 'item', code: 'InvalidParameterValues.Volume' } } },
  {
    name: 'unknown user, other text',
    question: 'What is the text of ResourceNotFound.User?',
    settings: { unknownUser: { ...unknownUser, message: 'User not found.' } },
  },
  { name: 'unknown user, no text', question: 'What is the text of ResourceNotFound.User?', settings: { unknownUser: { ...unknownUser, message: '' } } },
  { name: 'unknown directory, whole call', question: `An unknown directory. ${ITEM_OR_CALL}`, settings: { unknownDirectory: wholeCall(unknownDirectory, 'ResourceNotFoundException') } },
  { name: 'duplicate in a batch, whole call', question: 'A user twice in one call?', settings: { duplicateInBatch: wholeCall(duplicateInBatch, 'InvalidParameterValuesException') } },
  { name: 'order of the request', question: 'In which order are PendingRequests?', settings: { pendingOrder: 'request' } },
  { name: 'any order', question: 'In which order are PendingRequests?', settings: { pendingOrder: 'shuffled' } },
  { name: 'described in the order of creation', question: 'In which order does DescribeWorkspaces answer?', settings: { describeOrder: 'creation' } },
  { name: 'described newest first', question: 'In which order does DescribeWorkspaces answer?', settings: { describeOrder: 'newest-first' } },
  { name: 'empty last token', question: 'Is the last NextToken absent or empty? Both were recorded.', settings: { lastPageToken: 'empty' } },
  { name: 'key without a volume refused', question: 'A key with both flags false?', settings: { keyWithoutVolume: KEY_COMBINATION } },
  { name: 'key without a volume refused, per item', question: 'A key with both flags false?', settings: { keyWithoutVolume: perItem(KEY_COMBINATION, 'InvalidKey') } },
  { name: 'volume without a key takes the default key', question: 'A flag without a key?', settings: { volumeWithoutKey: 'default-key' } },
  { name: 'volume without a key refused, whole call', question: 'A flag without a key?', settings: { volumeWithoutKey: KEY_COMBINATION } },
  { name: 'keys of other accounts', question: 'Are keys of other accounts taken?', settings: { crossAccountKeys: 'accept' } },
  { name: 'CreateTags checked', question: 'Does a tagged CreateWorkspaces need workspaces:CreateTags?', settings: { createTagsOnCreate: 'checked' } },
  { name: 'unknown ids, other code', question: 'What does TerminateWorkspaces say of an unknown id?', settings: { unknownDesktopCode: 'ResourceNotFound.WorkSpace' } },
  { name: 'unknown ids ignored', question: 'What does TerminateWorkspaces say of an unknown id?', settings: { terminateUnknown: 'ignore' } },
  { name: 'invisible ids not found', question: 'What does TerminateWorkspaces say of an id that no answer shows yet?', settings: { terminateInvisible: 'not-found' } },
  {
    name: 'TERMINATING refused',
    question: 'What does TerminateWorkspaces say of a desktop that is TERMINATING?',
    settings: { terminateAgain: 'refuse' },
  },
  { name: 'SUSPENDED refused, other code', question: 'What does TerminateWorkspaces say of a desktop that is SUSPENDED?', settings: { protectedDesktopCode: 'OperationNotSupportedException' } },
  { name: 'SUSPENDED ignored', question: 'What does TerminateWorkspaces say of a desktop that is SUSPENDED?', settings: { terminateSuspended: 'ignore' } },
  { name: 'TERMINATED shown', question: 'How long is TERMINATED shown?', settings: { terminatedFor: MINUTE } },
  { name: 'visible at once', question: 'How long is a new desktop invisible?', settings: { invisibleFor: 0 } },
  { name: 'invisible for long', question: 'How long is a new desktop invisible?', settings: { invisibleFor: 2 * MINUTE } },
  { name: 'invisible, some longer than others', question: 'How long is a new desktop invisible?', settings: { invisibleFor: ({ index }) => (index % 7) * 15 * SECOND } },
  { name: 'incomplete at first', question: 'What is incomplete at first, and for how long?', settings: { incompleteFor: 2 * MINUTE } },
  { name: 'AUTO_STOP by default', question: 'What is the running mode of a desktop whose request does not say?', settings: { defaultRunningMode: 'AUTO_STOP' } },
  { name: 'a throttled call costs', question: 'What does a throttled call cost?', settings: { throttledCall: 'costs' } },
  { name: 'no tags of unknown ids', question: 'Does DescribeTags of an unknown id fail?', settings: { tagsOfUnknown: 'empty' } },
  { name: 'UPDATING while it changes', question: 'What is a desktop\'s state while it is modified?', settings: { stateWhileResizing: 'UPDATING', stateWhileRestarting: 'UPDATING' } },
  { name: 'state unchanged while it changes', question: 'What is a desktop\'s state while it is modified?', settings: { stateWhileRestarting: 'unchanged' } },
  { name: 'UPDATING while it migrates', question: 'What is the source\'s state during a migration?', settings: { stateWhileMigrating: 'UPDATING' } },
  { name: 'running mode in few states', question: 'In which states can the running mode be changed?', settings: { runningModeStates: 'AVAILABLE or STOPPED' } },
];
