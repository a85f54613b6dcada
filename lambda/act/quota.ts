import type { StepContext } from './step-context';
import type { DesktopSettings } from '../../src/private/contract';
import { log } from '../core/log';
import type { NewRecord } from '../ledger/call-row';
import type { DesiredUser } from '../ledger/user';
import type { RecordedFailure } from '../ledger/user-record';

export const HIGHER_QUOTA = 'Ask AWS for a higher quota of WorkSpaces (Service Quotas, Amazon WorkSpaces)';

export function isQuota(code: string): boolean {
  return code.startsWith('ResourceLimitExceeded');
}

/**
 * When one user by themselves has been refused for the quota, nobody else is asked for in this deployment who needs the same: a quota counts
 * desktops of a kind. They are refused for the same reason.
 * @returns the users who can be asked for
 */
export async function withoutUsedUpQuota(context: StepContext, users: readonly DesiredUser[]): Promise<readonly DesiredUser[]> {
  const { fleet, records, generation, clock } = context;
  // Once the irreversible phase has begun, those are left whose desktop was terminated to be replaced: its place is free.
  if (fleet.current.isIrreversible) return users;
  const usedUp = new Map<string, RecordedFailure>();
  for (const row of records.all) {
    for (const { failure, settings } of row.records) {
      if (failure?.generation === generation && isQuota(failure.code)) usedUp.set(kindOf(row.settings[settings]), failure);
    }
  }
  if (usedUp.size === 0) return users;
  const left = users.filter(({ desired }) => usedUp.has(kindOf(desired.settings)));
  if (left.length > 0) log('quota used up', { users: left.length });
  const refused = left.map(({ desired: { userName, settings } }): NewRecord => (
    { state: 'refused', userName, asked: settings, failure: { ...usedUp.get(kindOf(settings))!, at: clock.now() } }
  ));
  await context.note(refused, undefined, () => context.isTimeUp);
  return users.filter(({ desired }) => !usedUp.has(kindOf(desired.settings)));
}

function kindOf({ BundleId, ComputeTypeName = '' }: DesktopSettings): string {
  return `${BundleId} ${ComputeTypeName}`;
}
