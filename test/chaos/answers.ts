import { isLeaving } from './effects';
import type { Answer } from './events';
import type { Guarantee } from './invariants';
import type { FleetModel } from './model';
import type { ChaosStack } from './stack';
import { MINUTE, SECOND } from '../../lambda/core/clock';
import type { DesktopSnapshot } from '../../local/workspaces';

/** How long CloudFormation waits. */
const HOUR = 60 * MINUTE;
/** The waiter asks twice a minute, and the step takes some time. */
const AFTER_DUE = 1 * MINUTE;
/** While another fleet has the lease, the answer waits. */
const OTHERS_TAKE = 2 * MINUTE;
/** A reason that is not about WorkSpaces: the functions have not managed to answer. */
const NOT_MANAGED = /kept crashing|did not finish this fleet in time/;
/** What a quota is found out with, for each kind of desktop: the halves of a call, and of those before it in steps that were killed. */
const QUOTA_CALLS = 20;

/** Watches that answers come in time, and that they name everything that was not done. */
export class Answers {
  constructor(
    private readonly stack: () => ChaosStack,
    private readonly find: (guarantee: Guarantee, what: string) => void,
    /** The desktops that a fleet has made, that exist, and that nobody else has touched. */
    private readonly ours: (fleet: FleetModel) => readonly DesktopSnapshot[],
  ) {}

  check(answer: Answer): void {
    this.checkTime(answer);
    const { event, by, status } = answer;
    if (event.quotaRejections > QUOTA_CALLS + answer.faults) this.find(6, `${event.name} has found out ${event.quotaRejections} times that the quota is used up`);
    if (by !== 'handler' || event.cancelledAt !== undefined || event.fleet.newest !== event) return;
    if (status === 'FAILED' && event.isDelete) this.checkLeft(answer);
  }

  private checkTime({ event, took, at, by, faults, reason }: Answer): void {
    // CloudFormation takes the first answer.
    if (event.answers.length > 0) return;
    if (at - event.deliveredAt > HOUR) this.find(6, `${event.name} was answered ${(at - event.deliveredAt) / MINUTE} min after it was sent`);
    if (by !== 'handler' || faults > 0 || event.fleet.newest !== event) return;
    const others = this.stack().isShared ? OTHERS_TAKE : 0;
    if (took > event.timeout + AFTER_DUE + others) this.find(6, `${event.name} was answered after ${took / SECOND} s, and was due after ${event.timeout / SECOND}`);
    if (reason && NOT_MANAGED.test(reason)) this.find(6, `${event.name} failed although no call did: ${reason}`);
  }

  /** A delete that fails names what is left, and one desktop that AWS does not let go does not keep the others. */
  private checkLeft({ event, reason, faults }: Answer): void {
    const left = this.ours(event.fleet).filter((each) => !isLeaving(each) && !event.fleet.kept.has(each.workspaceId));
    const count = /^(\d+) WorkSpaces? of this fleet could not be/.exec(reason!);
    const named = Number(count?.[1]);
    const made = left.filter(({ createdAt }) => createdAt < event.sentAt);
    if (count && event.purpose === 'delete' && named < made.length) this.find(5, `${event.name} failed, and ${made.length} desktops are left, not ${named}`);
    const troubles = [...event.troubles];
    const isAboutOne = troubles.length > 0 && troubles.every(({ what, user }) => what === 'denied' && user !== undefined);
    if (!isAboutOne || faults > 0 || event.purpose !== 'delete' || this.stack().isSlow) return;
    const others = left.filter(({ userName }) => !troubles.some(({ user }) => user === userName));
    if (others.length > 0) this.find(7, `${event.name} failed because of others, and ${others.map(({ userName }) => userName).join()} are left`);
  }
}
