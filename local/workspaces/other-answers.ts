import { DEFAULT_OPTIONS } from './defaults';
import type { Refusal } from './refusal';
import type { WorkspacesOptions } from './service-options';

/** A way in which the real service may differ from the defaults. */
export interface OtherAnswer {
  /** The answer's unique name. */
  readonly name: string;
  /** The open question about the real service. */
  readonly question: string;
  readonly options: Partial<WorkspacesOptions>;
}

const ITEM_OR_CALL = 'Which code does it have, and does it refuse one request or the whole call?';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const wholeCall = ({ message }: Refusal, code: string): Refusal => ({ scope: 'call', code, message });
const perItem = ({ message }: Refusal, code: string): Refusal => ({ scope: 'item', code, message });

const { unknownBundle, badKey, unavailableKey, keyDenied, quotaExceeded, unknownUser, unknownDirectory, duplicateInBatch } = DEFAULT_OPTIONS;
const KEY_COMBINATION: Refusal = {
  scope: 'call',
  code: 'InvalidParameterValuesException',
  message: 'The combination of VolumeEncryptionKey, UserVolumeEncryptionEnabled and RootVolumeEncryptionEnabled is invalid.',
};

/**
 * For each open question about the real service, each other plausible answer. Everything that must hold under the defaults must hold
 * under each of them.
 */
export const OTHER_ANSWERS: readonly OtherAnswer[] = [
  { name: 'bad bundle, whole call', question: `A bad bundle. ${ITEM_OR_CALL}`, options: { unknownBundle: wholeCall(unknownBundle, 'ResourceNotFoundException') } },
  {
    name: 'bad bundle, whole call, invalid parameter',
    question: `A bad bundle. ${ITEM_OR_CALL}`,
    options: { unknownBundle: wholeCall(unknownBundle, 'InvalidParameterValuesException') },
  },
  {
    name: 'bad key, whole call',
    question: `A bad key. ${ITEM_OR_CALL}`,
    options: {
      badKey: wholeCall(badKey, 'InvalidParameterValuesException'),
      unavailableKey: wholeCall(unavailableKey, 'ResourceUnavailableException'),
    },
  },
  { name: 'bad key, other codes', question: `A bad key. ${ITEM_OR_CALL}`, options: { badKey: perItem(badKey, 'InvalidKey'), unavailableKey: perItem(unavailableKey, 'InvalidKey') } },
  { name: 'denied key, whole call', question: `A key that the caller may not use. ${ITEM_OR_CALL}`, options: { keyDenied: wholeCall(keyDenied, 'AccessDeniedException') } },
  { name: 'denied key, as if it were not there', question: `A key that the caller may not use. ${ITEM_OR_CALL}`, options: { keyDenied: badKey } },
  { name: 'key users unchecked', question: 'Are kms:Encrypt and its like of the caller checked?', options: { keyUserActions: 'unchecked' } },
  { name: 'quota, per item', question: `The quota. ${ITEM_OR_CALL}`, options: { quotaExceeded: perItem(quotaExceeded, 'ResourceLimitExceeded.WorkSpace') } },
  { name: 'bad volumes, per item', question: `Unsupported volumes. ${ITEM_OR_CALL}`, options: { badVolumes: { scope: 'item', code: 'InvalidParameterValues.Volume' } } },
  {
    name: 'unknown user, other text',
    question: 'What is the text of ResourceNotFound.User?',
    options: { unknownUser: { ...unknownUser, message: 'User not found.' } },
  },
  { name: 'unknown user, no text', question: 'What is the text of ResourceNotFound.User?', options: { unknownUser: { ...unknownUser, message: '' } } },
  { name: 'unknown directory, whole call', question: `An unknown directory. ${ITEM_OR_CALL}`, options: { unknownDirectory: wholeCall(unknownDirectory, 'ResourceNotFoundException') } },
  { name: 'duplicate in a batch, whole call', question: 'A user twice in one call?', options: { duplicateInBatch: wholeCall(duplicateInBatch, 'InvalidParameterValuesException') } },
  { name: 'order of the request', question: 'In which order are PendingRequests?', options: { pendingOrder: 'request' } },
  { name: 'any order', question: 'In which order are PendingRequests?', options: { pendingOrder: 'shuffled' } },
  { name: 'described in the order of creation', question: 'In which order does DescribeWorkspaces answer?', options: { describeOrder: 'creation' } },
  { name: 'described newest first', question: 'In which order does DescribeWorkspaces answer?', options: { describeOrder: 'newest-first' } },
  { name: 'empty last token', question: 'Is the last NextToken absent or empty? Both were recorded.', options: { lastPageToken: 'empty' } },
  { name: 'key without a volume refused', question: 'A key with both flags false?', options: { keyWithoutVolume: KEY_COMBINATION } },
  { name: 'key without a volume refused, per item', question: 'A key with both flags false?', options: { keyWithoutVolume: perItem(KEY_COMBINATION, 'InvalidKey') } },
  { name: 'volume without a key takes the default key', question: 'A flag without a key?', options: { volumeWithoutKey: 'default-key' } },
  { name: 'volume without a key refused, whole call', question: 'A flag without a key?', options: { volumeWithoutKey: KEY_COMBINATION } },
  { name: 'keys of other accounts', question: 'Are keys of other accounts taken?', options: { crossAccountKeys: 'accept' } },
  { name: 'CreateTags checked', question: 'Does a tagged CreateWorkspaces need workspaces:CreateTags?', options: { createTagsOnCreate: 'checked' } },
  { name: 'unknown ids, other code', question: 'What does TerminateWorkspaces say of an unknown id?', options: { unknownDesktopCode: 'ResourceNotFound.WorkSpace' } },
  { name: 'unknown ids ignored', question: 'What does TerminateWorkspaces say of an unknown id?', options: { terminateUnknown: 'ignore' } },
  { name: 'invisible ids not found', question: 'What does TerminateWorkspaces say of an id that no answer shows yet?', options: { terminateInvisible: 'not-found' } },
  {
    name: 'TERMINATING refused',
    question: 'What does TerminateWorkspaces say of a desktop that is TERMINATING?',
    options: { terminateAgain: 'refuse' },
  },
  { name: 'SUSPENDED refused, other code', question: 'What does TerminateWorkspaces say of a desktop that is SUSPENDED?', options: { protectedDesktopCode: 'OperationNotSupportedException' } },
  { name: 'SUSPENDED ignored', question: 'What does TerminateWorkspaces say of a desktop that is SUSPENDED?', options: { terminateSuspended: 'ignore' } },
  { name: 'TERMINATED shown', question: 'How long is TERMINATED shown?', options: { terminatedFor: MINUTE } },
  { name: 'visible at once', question: 'How long is a new desktop invisible?', options: { invisibleFor: 0 } },
  { name: 'invisible for long', question: 'How long is a new desktop invisible?', options: { invisibleFor: 2 * MINUTE } },
  { name: 'invisible, some longer than others', question: 'How long is a new desktop invisible?', options: { invisibleFor: ({ index }) => (index % 7) * 15 * SECOND } },
  { name: 'incomplete at first', question: 'What is incomplete at first, and for how long?', options: { incompleteFor: 2 * MINUTE } },
  { name: 'AUTO_STOP by default', question: 'What is the running mode of a desktop whose request does not say?', options: { defaultRunningMode: 'AUTO_STOP' } },
  { name: 'a throttled call costs', question: 'What does a throttled call cost?', options: { throttledCall: 'costs' } },
  ...(['domain', 'principal', 'capitals', 'decomposed', 'none'] as const).flatMap((names) => [
    { name: `names of created desktops: ${names}`, question: 'How does CreateWorkspaces spell the names of users in its answer?', options: { createdNames: names } },
    { name: `names of shown desktops: ${names}`, question: 'How does DescribeWorkspaces spell the names of users?', options: { shownNames: names } },
  ]),
  { name: 'no tags of unknown ids', question: 'Does DescribeTags of an unknown id fail?', options: { tagsOfUnknown: 'empty' } },
  { name: 'UPDATING while it changes', question: 'What is a desktop\'s state while it is modified?', options: { stateWhileResizing: 'UPDATING', stateWhileRestarting: 'UPDATING' } },
  { name: 'state unchanged while it changes', question: 'What is a desktop\'s state while it is modified?', options: { stateWhileRestarting: 'unchanged' } },
  { name: 'UPDATING while it migrates', question: 'What is the source\'s state during a migration?', options: { stateWhileMigrating: 'UPDATING' } },
  { name: 'running mode in few states', question: 'In which states can the running mode be changed?', options: { runningModeStates: 'AVAILABLE or STOPPED' } },
];
