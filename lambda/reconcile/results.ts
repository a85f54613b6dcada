import { digestsOf } from './directory-move';
import type { StepResult } from '../../src/private/contract';
import { log } from '../core/log';
import { reasonOf } from '../decide/report';
import type { FleetRow } from '../ledger/rows';
import type { FleetEvent } from '../request/events';
import { eventId } from '../request/identity';

/** Also for an earlier event that has the current one's RequestId, and asks for the same: both answers go to the same place. */
export function isCurrent({ events, generation, current: { requestId, requestType, digests } }: FleetRow, event: FleetEvent): boolean {
  const joined = events[eventId(event)];
  if (joined === undefined || joined === generation) return joined !== undefined;
  const { from, to } = digestsOf(event);
  const isSameKind = (requestType === 'Delete') === (event.RequestType === 'Delete');
  return requestId === event.RequestId && isSameKind && digests.from === from && digests.to === to;
}

export function failed({ logGroupName }: { readonly logGroupName?: string }, message: string): StepResult {
  log('failed', { reason: message });
  return { Status: 'FAILED', Reason: reasonOf(message, logGroupName) };
}
