import type { EventRecord } from './events';
import type { FleetModel } from './model';
import { MINUTE, SECOND } from '../../lambda/core/clock';

/** A fleet that waits asks again well within this time. */
const ASKS_WITHIN = 75 * SECOND;
/** Around the time when its answer is due, a fleet may come before others. */
const DUE_SOON = 5 * MINUTE;
const DUE_BEFORE = 3 * MINUTE;
/** Until then, its claim may not be noted. */
const NOTED_AFTER = 1 * SECOND;
const PASSED_BY = 2;

interface Waiting {
  /** The event that has asked last. */
  readonly event: EventRecord;
  readonly since: number;
  askedAt: number;
  /** How many calls had failed when it began to wait. If one fails after that, its claim may not be noted. */
  readonly faults: number;
  /** How often another fleet has taken the lease since this one waits. */
  readonly passedBy: Map<FleetModel, number>;
}

/**
 * Watches that one step works at a time, and that the fleets of a stack take turns: however much the others have to do, each gets the lease
 * before one of them has it again and again.
 */
export class Turns {
  private readonly waiting = new Map<FleetModel, Waiting>();

  constructor(
    private readonly now: () => number,
    private readonly faults: () => number,
    private readonly find: (guarantee: 3 | 6, what: string) => void,
  ) {}

  asks(event: EventRecord): void {
    const { fleet } = event;
    const before = this.waiting.get(fleet);
    const isStill = before && this.now() - before.askedAt < ASKS_WITHIN && before.faults === this.faults();
    const begun = isStill ? { ...before, event } : { event, since: this.now(), faults: this.faults(), passedBy: new Map<FleetModel, number>() };
    this.waiting.set(fleet, { ...begun, askedAt: this.now() });
  }

  /** @param holder whose step has the lease already */
  takes(event: EventRecord, holder?: EventRecord): void {
    if (holder) this.find(3, `${event.name} has the lease while ${holder.name} has it`);
    const { fleet } = event;
    this.waiting.delete(fleet);
    if (this.isDue(event)) return;
    for (const [other, { event: { answers, cancelledAt }, since, askedAt, faults, passedBy }] of this.waiting) {
      // An event that was answered may still be under way a second time.
      if (answers.length > 0 || cancelledAt !== undefined) continue;
      const isWaiting = this.now() - since >= NOTED_AFTER && this.now() - askedAt < ASKS_WITHIN;
      if (!isWaiting || faults !== this.faults()) continue;
      const times = (passedBy.get(fleet) ?? 0) + 1;
      passedBy.set(fleet, times);
      if (times > PASSED_BY) this.find(6, `${event.name} has had the lease ${times} times while ${other.newest?.name} waited for it`);
    }
  }

  private isDue({ joinedAt, timeout }: EventRecord): boolean {
    const left = (joinedAt ?? 0) + timeout - this.now();
    return left < DUE_SOON && left > -DUE_BEFORE;
  }
}
