import { ASKS_WHILE_WAITING } from './batches';
import { poll } from '../act/poll';
import type { StepContext } from '../act/step-context';
import { BATCH } from '../aws/workspaces-api';
import { plan } from '../decide/plan';
import type { Terms } from '../decide/terms';
import type { DesktopUser, User } from '../ledger/user';

/**
 * Asks what state desktops are in, 25 to a call: first about some who were not ready in the step before, then about the longest unasked. One
 * that is not ready proves that the fleet is not done, so then a few calls are enough; while all that were asked are ready, the rest is asked as well.
 * @param users as they are desired, in the order of the template
 * @param isAsked whether somebody's desktop can keep this operation from being done
 */
export async function look(context: StepContext, users: readonly User[], terms: Terms, isAsked: (user: DesktopUser) => boolean): Promise<void> {
  const { fleet, pace } = context;
  const { cursor, pending: before = [] } = fleet.row.polling ?? {};
  const { witnesses, others } = queueOf(users, plan(users, terms).poll.filter(isAsked), cursor, before);
  const queue = [...witnesses, ...others];
  const pending: string[] = [];
  let asked = 0;
  while (asked < queue.length && (pending.length === 0 || asked < ASKS_WHILE_WAITING * BATCH)) {
    if (context.isTimeUp) break;
    const batch = queue.slice(asked, asked + BATCH);
    pending.push(...await poll(context, batch, terms.request.waitFor));
    asked += batch.length;
    // The next step is half a minute away.
    if (pending.length > 0) pace.slowDown();
  }
  if (queue.length <= ASKS_WHILE_WAITING * BATCH || asked === 0) return;
  await fleet.note({ polling: { cursor: asked > witnesses.length ? queue[asked - 1].key : cursor, pending: pending.slice(-BATCH) } });
}

/** Those to ask about: who was not ready last, and the others from after the one who was asked about last, around to that one. */
function queueOf(users: readonly User[], asked: readonly DesktopUser[], cursor: string | undefined, pending: readonly string[]): Record<'witnesses' | 'others', DesktopUser[]> {
  const byKey = new Map(asked.map((each) => [each.key, each]));
  const after = users.findIndex(({ key }) => key === cursor) + 1;
  const all = [...users.slice(after), ...users.slice(0, after)].flatMap(({ key }) => byKey.get(key) ?? []);
  const notReady = new Set(pending);
  return { witnesses: all.filter(({ key }) => notReady.has(key)), others: all.filter(({ key }) => !notReady.has(key)) };
}
