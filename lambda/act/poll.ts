import { describe } from './describe';
import type { StepContext } from './step-context';
import { observe } from '../decide/observe';
import type { DesktopUser } from '../ledger/user';
import { isDesktop } from '../ledger/user-record';

/**
 * Asks for the states of at most 25 desktops.
 * @returns the users whose desktops are not as they should be; one is enough to prove that the fleet is not done
 */
export async function poll(context: StepContext, users: readonly DesktopUser[], waitFor: 'AVAILABLE' | 'EXISTS'): Promise<string[]> {
  const { generation, clock, records, fleet } = context;
  const { seen, asked } = await describe(context, users);
  const { settled, settledBefore, current: { startedAt } } = fleet.row;
  const settledUpTo = settled.generation === generation ? settledBefore : settled.generation;
  const now = { generation, now: clock.now(), settledUpTo, startedAt };
  const pending = users.map(({ key }) => key).filter((key) => !asked.some((each) => each.key === key));
  for (const user of asked) {
    const after = observe(user, seen.get(user.record.id), waitFor, now);
    records.set(user.key, after);
    const hasFailed = after !== undefined && after.state !== 'unknown' && after.failure?.generation === generation;
    const isDone = after === undefined || (user.desired && (hasFailed || (isDesktop(after) && after.readyIn === generation)));
    if (!isDone) pending.push(user.key);
  }
  await context.save();
  return pending;
}
