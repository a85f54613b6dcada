import type { Services } from './services';
import type { StepResult } from '../../src/private/contract';
import { Pace } from '../aws/pace';
import { SECOND } from '../core/clock';
import type { Asking, Turn } from '../ledger/lease';

/** While it waits for the lease, the next fleet asks so often. */
const ASKS_EVERY = 3 * SECOND;

/** Works with the lease of the stack, if it is this fleet's turn. */
export async function withLease(
  services: Pick<Services, 'lease' | 'clock'>, asking: Asking, workUntil: number, work: (pace: Pace) => Promise<StepResult>,
): Promise<StepResult> {
  const lease = await turnOf(services, asking, workUntil);
  if (lease.turn !== 'taken') return { Status: 'NOT_YET' };
  const pace = new Pace(services.clock, lease.pace);
  let result: StepResult;
  let othersWait = true;
  try {
    result = await work(pace);
  } finally {
    othersWait = await services.lease.release(asking, pace.state());
  }
  return result.Status === 'NOT_YET' && othersWait ? { Status: 'NOT_YET' } : result;
}

/** Who is next waits for the lease, so that it is not free until the waiter asks again. But not for longer than half of the step's time. */
async function turnOf({ lease, clock }: Pick<Services, 'lease' | 'clock'>, asking: Asking, workUntil: number): Promise<Turn> {
  const waitUntil = clock.now() + (workUntil - clock.now()) / 2;
  for (;;) {
    const turn = await lease.take(asking);
    if (turn.turn !== 'next' || clock.now() + ASKS_EVERY > waitUntil) return turn;
    await clock.sleep(ASKS_EVERY);
  }
}
