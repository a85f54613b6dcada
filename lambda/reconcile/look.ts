import { ASKS_WHILE_WAITING } from './batches';
import { poll } from '../act/poll';
import type { StepContext } from '../act/step-context';
import { BATCH } from '../aws/workspaces-api';
import { plan } from '../decide/plan';
import type { Terms } from '../decide/terms';
import type { DesktopUser, User } from '../ledger/user';

/**
 * Asks for the states of desktops, 25 to a call. It begins with some that were not ready in the previous step. Then it asks about those that
 * were not asked about for the longest time. One desktop that is not ready proves that the fleet is not done: then a few calls are enough. While
 * all answers say ready, it asks about the rest, too.
 * @param users the desired users in the order of the template, then the others
 * @param isAsked whether this operation must wait for this user's desktop
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
    // There is no hurry: the next step comes in half a minute.
    if (pending.length > 0) pace.slowDown();
  }
  if (queue.length <= ASKS_WHILE_WAITING * BATCH || asked === 0) return;
  await fleet.note({ polling: { cursor: asked > witnesses.length ? queue[asked - 1].key : cursor, pending: pending.slice(-BATCH) } });
}

/** Whom to ask about: users who were not ready last time, and all others, beginning after the user who was asked about last. */
function queueOf(users: readonly User[], asked: readonly DesktopUser[], cursor: string | undefined, pending: readonly string[]): Record<'witnesses' | 'others', DesktopUser[]> {
  const byKey = new Map(asked.map((each) => [each.key, each]));
  const after = users.findIndex(({ key }) => key === cursor) + 1;
  const all = [...users.slice(after), ...users.slice(0, after)].flatMap(({ key }) => byKey.get(key) ?? []);
  const notReady = new Set(pending);
  return { witnesses: all.filter(({ key }) => notReady.has(key)), others: all.filter(({ key }) => !notReady.has(key)) };
}
