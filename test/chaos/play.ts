import { type Effect, isLeaving } from './effects';
import { Answer, EventRecord, Purpose } from './events';
import { Expectation, Expectations, FEW_FAULTS } from './expectations';
import { type Feature, FEATURES } from './features';
import { Act, BUNDLES, Change, Circumstances, crowd, Deploy, Forgery, History, HistoryFault, NOBODY, Operation, POOLS, Remove, SETTINGS } from './history';
import { Invariants } from './invariants';
import { FleetModel, LOGICAL_IDS } from './model';
import { Others } from './others';
import { ChaosStack, STACK_ID } from './stack';
import { isHarmless, type Trouble, Weather } from './troubles';
import { MINUTE, SECOND } from '../../lambda/core/clock';
import type { FleetEvent } from '../../lambda/request/events';
import { removalsId } from '../../lambda/request/identity';
import { OWNERSHIP_TAG, QUERY_INTERVAL_SECONDS, REMOVALS_RESOURCE_TYPE, RESOURCE_TYPE } from '../../src/private/contract';
import { FleetProperties, properties, signingTime } from '../lambda/test-stack';

/** The id in the framework's answer if a create fails before it has an id. The framework does not send us the delete that follows. */
const CREATE_FAILED_MARKER = 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED';
const FRAMEWORK_TIMEOUT = 60 * MINUTE;
/** From one operation on a stack to the next. Events of two operations are never sent in the same second. */
const BETWEEN_DEPLOYMENTS = 5 * SECOND;
/** How often CloudFormation, or a person, tries a delete or a rollback that fails. */
const TRIES = 3;

const BETWEEN_OPERATIONS = 5 * SECOND;

/** Less than the time after which the provider stops waiting for a call. */
const PATIENCE = 10 * SECOND;

/** How an event is delivered. */
type Deliveries = Pick<Change, 'again' | 'delay' | 'resent'>;

/** An event that is being worked on. */
interface Sent {
  readonly event: FleetEvent;
  readonly record: EventRecord;
  readonly expected: Expectation;
  physicalId?: string;
  /** Whether our onEvent has ended. */
  heard: Promise<unknown>;
  /** CloudFormation takes the first answer and ignores others. */
  readonly answered: Promise<Answer>;
  readonly answer: (answer: Answer) => void;
}

/** Plays one history. It acts as CloudFormation, as the Provider framework, and as everybody else. */
export class Play {
  readonly fleets: readonly FleetModel[] = LOGICAL_IDS.map((logicalId, i) => new FleetModel(i, logicalId));
  readonly trace: string[] = [];
  readonly stack: ChaosStack;
  readonly invariants: Invariants;
  readonly others: Others;
  private readonly expectations: Expectations;
  private readonly sent: Sent[] = [];
  /** Deliveries of events. They may still be under way after CloudFormation has stopped waiting for them. */
  private readonly deliveries: Promise<unknown>[] = [];
  private isMade = false;
  /** Whether an action fails during the whole operation. A clean-up, which may make few calls, then fails, too. */
  private isLasting = false;
  private actsIn = 0;
  private forged = 0;

  constructor(
    private readonly history: History,
    private readonly features: readonly Feature[] = FEATURES,
    /** Called after each operation. If it returns true, the rest of the history is not played. */
    private readonly onRest: (play: Play) => boolean = () => false,
  ) {
    const tell = (text: string) => this.tell(text);
    this.others = new Others(() => this.stack, tell);
    this.invariants = new Invariants(() => this.stack, this.others, this.fleets, history.world.createdNames === 'none');
    const { slowCalls, tagsUnseenFor, hidesTargets, slowUser, quota } = history.world;
    const isLimited = slowCalls !== undefined || quota !== undefined;
    this.expectations = new Expectations(() => this.stack, this.others, this.invariants, slowUser, isLimited, this.fleets);
    const { turns, rows } = this.invariants;
    this.stack = new ChaosStack({ workspaces: settings(history.world), slowCalls, tagsUnseenFor, hidesTargets }, (effect) => {
      this.tell(`${effect.process.event.name}: ${effect.kind} ${effect.key ?? ''} ${effect.after.userName} ${effect.after.workspaceId}`);
      this.invariants.onEffect(effect);
      this.rival(effect);
    }, (event) => this.onJoined(event), turns, ({ fleet }) => rows.checkCount(fleet), tell);
  }

  get events(): number {
    return this.sent.length;
  }

  get faults(): number {
    return this.stack.faults.happened.length;
  }

  /** @returns when everything has ended, or a guarantee is broken */
  async run(): Promise<void> {
    try {
      for (const [i, operation] of this.history.operations.entries()) {
        this.tell(`--- ${i + 1}. ${operation.kind}`);
        await this.operate(operation);
        // CloudFormation cannot begin the next operation in the second in which this one has ended.
        await this.stack.clock.sleep(BETWEEN_OPERATIONS);
        this.checkAtRest();
        if (this.onRest(this) || this.invariants.violations.length > 0) return;
      }
      await this.cleanUp();
    } finally {
      this.stack.clock.stop();
    }
  }

  /** The end of every history. All fleets are deleted without faults, and nothing may be left. */
  private async cleanUp(): Promise<void> {
    this.tell('--- the end');
    this.stack.faults.clear();
    this.stack.weather = [];
    this.others.endSuspensions();
    for (const fleet of this.fleets) {
      if (fleet.deployed) await this.remove({ kind: 'remove', fleet: fleet.index, keep: false, faults: [], acts: [] });
      if (fleet.deployed) this.invariants.find(7, `the fleet ${fleet.logicalId} cannot be deleted`);
    }
    this.checkAtRest();
    await Promise.all(this.deliveries);
  }

  private async operate(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'deploy': return this.deploy(operation);
      case 'remove': return this.remove(operation);
      case 'others': return this.others.act(operation.act, this.isSettled(operation.act.user));
      case 'settle in': return operation.users.forEach((user) => this.others.settleIn(user));
      case 'lose rows': return this.loseRows(this.fleets[operation.fleet], operation.which);
      case 'forge': return this.forge(operation.forgery);
      case 'wait': return this.stack.clock.sleep(operation.minutes * MINUTE);
      case 'redeliver': return this.redeliver(operation.back, operation.faults);
    }
  }

  /** Whether the user has a desktop of a fleet that is deployed. */
  private isSettled(user: string): boolean {
    return this.fleets.some(({ deployed, stable, isUnsure, theirs }) => deployed && !stable && !isUnsure && [...theirs.values()].includes(user));
  }

  private loseRows(fleet: FleetModel, which: 'calls' | 'one' | 'fleet'): void {
    if (!fleet.deployed) return;
    this.stack.loseRows(fleet.fleetId, which);
    Object.assign(fleet, { isUnsure: true, isDamaged: true });
  }

  private async deploy({ changes, otherFails, rollbackAfter = 0, noRollback, troubles, forgeries = [], faults, acts }: Deploy): Promise<void> {
    const planned = this.desired(changes);
    if (planned.length === 0) return;
    await this.stack.clock.sleep(BETWEEN_DEPLOYMENTS);
    this.begin(faults, acts, troubles);
    for (const { after, ...forgery } of forgeries) this.stack.clock.after(after * SECOND, () => void this.forge(forgery));
    this.stack.isShared = planned.length > 1 || this.fleets.filter((each) => each.deployed).length > 1;
    this.stack.status = this.isMade ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS';
    const forward = planned.map(({ change, fleet, after }) => {
      const sent = this.send(fleet.deployed ? 'update' : 'create', fleet, after, fleet.deployed);
      return { sent, change, answered: this.deliver(sent, change) };
    });
    const ended = await this.end(forward.map(({ answered }) => answered), otherFails);
    if (ended === 'succeeded') {
      this.stack.status = this.isMade ? 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' : 'CREATE_COMPLETE';
      for (const { sent } of forward) this.settle(sent.record.fleet, sent.record.after, await sent.answered);
      await Promise.all(forward.map(async ({ sent }) => this.commit(sent, await sent.answered)));
      if (this.isMade) this.stack.status = 'UPDATE_COMPLETE';
      this.isMade = true;
      return;
    }
    const now = this.stack.clock.now();
    for (const { sent: { record } } of forward) if (record.answers.length === 0) record.cancelledAt = now;
    if (noRollback && ended === 'failed' && forward.length === 1 && forward[0].sent.record.purpose === 'update') {
      const [{ sent: { record: { fleet, after } } }] = forward;
      this.stack.status = 'UPDATE_FAILED';
      fleet.stable ??= fleet.deployed;
      fleet.deployed = after;
      return;
    }
    // A delayed event that arrives after the event of the rollback is a separate feature.
    if (!this.features.includes('overtaken-events')) await Promise.all(forward.map(({ sent }) => sent.heard));
    await this.rollBack(forward.map(({ sent }) => sent), rollbackAfter);
  }

  /** @param otherFails when another resource of the stack fails */
  private async end(answered: readonly Promise<Answer>[], otherFails: number | undefined): Promise<'succeeded' | 'failed' | 'cancelled'> {
    const all = Promise.all(answered.map(async (each) => {
      if ((await each).status === 'FAILED') throw new Error('failed');
    }));
    const ended = all.then(() => 'succeeded' as const, () => 'failed' as const);
    if (otherFails === undefined) return ended;
    if (otherFails !== Infinity) return Promise.race([ended.then((how) => (how === 'succeeded' ? this.waitFor(otherFails) : how)), this.waitFor(otherFails)]);
    return await ended === 'failed' ? 'failed' : 'cancelled';
  }

  /** The clean-up of an update: CloudFormation deletes the old physical id of the resource for removals. */
  private async commit({ record: { fleet, after }, record }: Sent, { data }: Answer): Promise<void> {
    const before = fleet.removals;
    fleet.removals = data!.Removals;
    if (record.purpose !== 'update' || before === fleet.removals) return;
    await this.tryHard(() => this.send('removals', fleet, after, undefined, record, removalsId(fleet.fleetId, before)));
    this.forgetWhoHasGone(fleet);
  }

  private forgetWhoHasGone(fleet: FleetModel): void {
    for (const { workspaceId: id, tags, state } of this.stack.workspaces.desktops()) {
      if (!isLeaving({ state } as any) && tags[OWNERSHIP_TAG] === fleet.fleetId) continue;
      fleet.leaving.delete(id);
      fleet.theirs.delete(id);
    }
  }

  private async waitFor(seconds: number): Promise<'cancelled'> {
    await this.stack.clock.sleep(seconds * SECOND);
    return 'cancelled';
  }

  private async rollBack(forward: readonly Sent[], after: number): Promise<void> {
    this.stack.status = this.isMade ? 'UPDATE_ROLLBACK_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS';
    await this.stack.clock.sleep(after * SECOND);
    await Promise.all(forward.filter(({ record }) => record.purpose === 'update').map(async ({ record }) => {
      const { fleet } = record;
      const before = fleet.stable ?? record.before!;
      const done = await this.tryHard(() => this.send('rollback', fleet, before, record.after, record));
      if (done) this.settle(fleet, before, done);
      else Object.assign(fleet, { isUnsure: true, deployed: before, stable: undefined });
    }));
    if (this.isMade) this.stack.status = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
    // It deletes the physical id that the update has made, which orders nothing.
    await Promise.all(forward.filter(({ record }) => record.purpose === 'update').map(async ({ record }) => {
      const { fleet, after: wanted, answers: [answer] } = record;
      const made = answer?.data?.Removals;
      if (made === undefined || made === fleet.removals) return;
      await this.tryHard(() => this.send('removals', fleet, wanted, undefined, record, removalsId(fleet.fleetId, made)));
    }));
    await Promise.all(forward.filter(({ record }) => record.purpose === 'create').map(async ({ record, physicalId }) => {
      const { fleet } = record;
      // The framework itself answers such a delete.
      if (physicalId === CREATE_FAILED_MARKER) return;
      const isDone = await this.tryHard(() => this.send('undo', fleet, record.after, undefined, record, physicalId ?? 'Test-Fleet-1ABCDEFG'));
      if (!isDone) this.abandon(fleet);
    }));
    this.stack.status = this.isMade ? 'UPDATE_ROLLBACK_COMPLETE' : 'ROLLBACK_COMPLETE';
  }

  private async remove({ fleet: index, keep, again, delay, resent, troubles, faults, acts }: Remove): Promise<void> {
    const fleet = this.fleets[index];
    const { deployed } = fleet;
    if (!deployed) return;
    this.begin(faults, acts, troubles);
    if (keep) {
      for (const id of fleet.theirs.keys()) fleet.kept.add(id);
    } else {
      this.stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
      const isDone = await this.tryHard(() => this.send('delete', fleet, deployed), { again, delay, resent });
      if (!isDone) this.abandon(fleet);
    }
    fleet.theirs.clear();
    fleet.coming.clear();
    fleet.leaving.clear();
    fleet.removals = '0';
    fleet.deployed = fleet.stable = undefined;
    this.stack.forget(fleet.logicalId);
    if (!keep) fleet.isDamaged = false;
    this.stack.status = 'UPDATE_COMPLETE';
  }

  /**
   * Whoever may invoke the functions invents an event. Not in the seconds between CloudFormation's own event and its confirmation: then nobody could tell
   * the two apart (docs/permissions.md).
   */
  private async forge({ fleet: index, type, dated }: Forgery): Promise<void> {
    const fleet = this.fleets[index];
    const { latest } = fleet;
    const isOpen = latest !== undefined && latest.answers.length === 0 && latest.cancelledAt === undefined;
    if (isOpen && (latest.joinedAt === undefined || latest.isDelete)) return;
    const { clock } = this.stack;
    const number = ++this.forged;
    const invented: FleetProperties = { users: [POOLS[0][0]], RemovedUsers: 'TERMINATE', TerminationLimit: 'unlimited', Refresh: `forged ${number}` };
    const record = new EventRecord(`forged ${type} ${number} of ${fleet.logicalId}`, fleet, 'update', invented, invented, clock.now());
    record.isForged = true;
    record.isForgedDelete = type === 'Delete';
    const date = dated === undefined ? '' : `?X-Amz-Date=${signingTime(clock.now() + dated * SECOND)}`;
    const event: FleetEvent = {
      RequestType: type,
      ResponseURL: `https://evil.example/${number}${date}`,
      StackId: STACK_ID,
      RequestId: `forged-${number}`,
      LogicalResourceId: fleet.logicalId,
      ResourceProperties: properties(invented),
      ...(type === 'Update' && { OldResourceProperties: properties(fleet.deployed ?? invented) }),
      ...(type !== 'Create' && { PhysicalResourceId: `${fleet.fleetId}/${properties(invented).DirectoryId}` }),
    };
    this.tell(`somebody invents ${record.name}`);
    this.deliveries.push(this.stack.play(event, record).then((status) => {
      this.tell(`${record.name} is answered ${status}`);
      if (status !== 'FAILED' && !this.invariants.isDoneAnyway(record)) this.invariants.find(3, `${record.name}, which somebody has invented, is answered ${status}`);
    }));
  }

  private async redeliver(back: number, faults: readonly HistoryFault[]): Promise<void> {
    const sent = this.sent.at(-1 - back);
    if (!sent) return;
    this.begin(faults, []);
    this.repeat(sent);
    await this.stack.clock.sleep(5 * MINUTE);
  }

  private async tryHard(send: () => Sent, deliveries: Deliveries = {}): Promise<Answer | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.deliver(send(), deliveries);
      if (answer.status === 'SUCCESS') return answer;
    }
    return undefined;
  }

  /** The new properties of the fleets. Like `cdk synth`, it allows no empty list, and nobody in two fleets. */
  private desired(changes: readonly Change[]): { change: Change; fleet: FleetModel; after: FleetProperties }[] {
    const lists = new Map(this.fleets.map((fleet) => [fleet.index, [...fleet.deployed?.users ?? []]]));
    for (const { fleet, toggle } of changes) {
      const users = lists.get(fleet)!;
      const list = [...users.filter((user) => !toggle.includes(user)), ...toggle.filter((user) => !users.includes(user))];
      lists.set(fleet, list.some((user) => user !== NOBODY) ? list : [(POOLS[fleet] ?? crowd(fleet, 1))[0], ...list]);
    }
    const twice = lists.get(0)!.filter((user) => user !== NOBODY && lists.get(1)!.includes(user));
    return changes.map((change) => {
      const fleet = this.fleets[change.fleet];
      const other = this.fleets[1 - change.fleet];
      // A user who would be in both stays in the fleet whose list does not change, or in the first. Only the first two share users.
      const loses = changes.length > 1 ? change.fleet === 1 : other?.deployed !== undefined;
      const users = lists.get(change.fleet)!.filter((user) => !(loses && twice.includes(user)));
      return { change, fleet, after: propertiesOf(change, users, fleet.deployed) };
    }).filter(({ after }) => after.users!.length > 0);
  }

  private send(
    purpose: Purpose, fleet: FleetModel, after: FleetProperties, before?: FleetProperties, takesBack?: EventRecord, physicalId?: string,
  ): Sent {
    const number = this.sent.length + 1;
    const record = new EventRecord(`${purpose} ${number} of ${fleet.logicalId}`, fleet, purpose, after, before, this.stack.clock.now(), takesBack);
    const expected = this.expectations.of(record);
    const isForRemovals = purpose === 'removals';
    const RequestType = record.isDelete || isForRemovals ? 'Delete' : purpose === 'create' ? 'Create' : 'Update';
    const event = {
      RequestType,
      ResponseURL: `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/${number}?X-Amz-Date=${signingTime(record.sentAt)}`,
      StackId: STACK_ID,
      RequestId: `request-${number}`,
      LogicalResourceId: isForRemovals ? `${fleet.logicalId}Removals` : fleet.logicalId,
      ResourceType: isForRemovals ? REMOVALS_RESOURCE_TYPE : RESOURCE_TYPE,
      ResourceProperties: isForRemovals
        ? { ServiceToken: 'framework', FleetId: fleet.fleetId, DirectoryId: properties(after).DirectoryId, Removals: physicalId!.split('/').at(-1) }
        : properties(after),
      ...(before && { OldResourceProperties: properties(before) }),
      ...(purpose !== 'create' && { PhysicalResourceId: physicalId ?? `${fleet.fleetId}/${properties(after).DirectoryId}` }),
    } as FleetEvent;
    let answer: Sent['answer'] = () => undefined;
    const answered = new Promise<Answer>((resolve) => { answer = resolve; });
    for (const user of after.users!) fleet.everWanted.add(user);
    const sent: Sent = { event, record, expected, heard: Promise.resolve(), answered, answer };
    this.sent.push(sent);
    if (isForRemovals) {
      this.stack.showDeletion(event.LogicalResourceId, physicalId!, 'DELETE_IN_PROGRESS');
    } else {
      fleet.latest = record;
      this.stack.show(fleet.logicalId, `${RequestType.toUpperCase()}_IN_PROGRESS`);
    }
    this.tell(`${record.name} is sent: ${after.users!.join()} ${after.RemovedUsers ?? ''} limit ${after.TerminationLimit}; expected ${expected.status}, ${expected.why}`);
    return sent;
  }

  /** Sends an event and waits for its answer. */
  private async deliver(sent: Sent, { again, delay = 0, resent }: Deliveries): Promise<Answer> {
    const faults = this.stack.faults.happened.length;
    const acts = this.actsIn;
    sent.record.comesTwice = again !== undefined;
    if (delay > 0) await this.stack.clock.sleep(delay * SECOND);
    sent.record.deliveredAt = this.stack.clock.now();
    this.deliveries.push(this.framework(sent));
    if (again !== undefined) void this.stack.clock.sleep(again * SECOND).then(() => this.repeat(sent));
    if (resent !== undefined) void this.stack.clock.sleep(resent * SECOND).then(() => this.resend(sent));
    return this.judged(sent, await sent.answered, faults, acts);
  }

  /** Delivers the same event again, or the first time, whatever CloudFormation has done since. */
  private repeat(sent: Sent): void {
    this.deliveries.push(this.framework(sent));
  }

  /** CloudFormation sends the event once more, because it waits: with the same RequestId, but another URL. Both answers go to the same place. */
  private resend(sent: Sent): void {
    const { record: { answers, cancelledAt }, event } = sent;
    if (answers.length > 0 || cancelledAt !== undefined) return;
    const ResponseURL = `${event.ResponseURL.split('?')[0]}-again?X-Amz-Date=${signingTime(this.stack.clock.now())}`;
    this.deliveries.push(this.framework({ ...sent, event: { ...event, ResponseURL } }));
  }

  /** Checks that CloudFormation gets the expected answer. */
  private judged({ record, expected }: Sent, answer: Answer, faultsBefore: number, actsBefore: number): Answer {
    const { status, why, changesNothing } = expected;
    const isDisturbed = this.actsIn > actsBefore || this.stack.faults.happened.length - faultsBefore > (expected.faults ?? FEW_FAULTS)
      || (this.isLasting && record.purpose === 'removals' && this.stack.faults.happened.length > faultsBefore)
      || [...record.troubles].some((each) => !isHarmless(each, record));
    if (record.cancelledAt !== undefined || answer.by !== 'handler' || status === undefined) return answer;
    if (status === 'FAILED' && changesNothing && this.invariants.hasActed(record)) {
      this.invariants.find(2, `${record.name} must change nothing, because ${why}`);
    }
    if (answer.status === status || (isDisturbed && status === 'SUCCESS')) return answer;
    const guarantee = status === 'FAILED' ? (changesNothing ? 2 : 5) : record.isForward ? 4 : 7;
    this.invariants.find(guarantee, `${record.name} has ${answer.status}, and should have ${status}: ${why} (${answer.reason ?? JSON.stringify(answer.data)})`);
    return answer;
  }

  /** Acts as the Provider framework for one delivery of an event. */
  private async framework(sent: Sent): Promise<Answer> {
    const { clock } = this.stack;
    const { record } = sent;
    const start = clock.now();
    const faultsBefore = this.stack.faults.happened.length;
    const answer = (status: Answer['status'], by: Answer['by'], more: { reason?: string; data?: any }): Answer => {
      const { StackId, RequestId, LogicalResourceId } = sent.event;
      const { physicalId: PhysicalResourceId } = sent;
      const response = {
        Status: status, Reason: more.reason ?? 'SUCCESS', StackId, RequestId, PhysicalResourceId, LogicalResourceId, NoEcho: false, Data: more.data,
      };
      const bytes = Buffer.byteLength(JSON.stringify(response));
      const faults = this.stack.faults.happened.length - faultsBefore;
      const given: Answer = { event: record, status, by, at: clock.now(), took: clock.now() - start, bytes, faults, ...more };
      this.tell(`${record.name} is answered ${status} ${more.reason ?? JSON.stringify(more.data) ?? ''}`);
      this.invariants.onAnswer(given);
      if (record.fleet.latest === record && record.answers.length === 0 && record.cancelledAt === undefined) {
        this.stack.show(LogicalResourceId, `${sent.event.RequestType.toUpperCase()}_${status === 'SUCCESS' ? 'COMPLETE' : 'FAILED'}`);
      }
      if (record.purpose === 'removals' && record.answers.length === 0) {
        this.stack.showDeletion(LogicalResourceId, sent.event.PhysicalResourceId!, status === 'SUCCESS' ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
      }
      record.answers.push(given);
      sent.answer(given);
      return given;
    };
    let joined;
    try {
      const hearing = this.stack.onEvent(sent.event, record);
      sent.heard = hearing.catch(() => undefined);
      joined = await hearing;
    } catch (error) {
      if (record.purpose === 'create') sent.physicalId ??= CREATE_FAILED_MARKER;
      return answer('FAILED', 'onEvent', { reason: (error as Error).message });
    }
    for (;;) {
      try {
        const { IsComplete, Data } = await this.stack.isComplete(joined, record);
        if (IsComplete) {
          sent.physicalId = joined.PhysicalResourceId;
          return answer('SUCCESS', 'handler', { data: Data });
        }
      } catch (error) {
        sent.physicalId = joined.PhysicalResourceId;
        return answer('FAILED', 'handler', { reason: (error as Error).message });
      }
      if (clock.now() - start > FRAMEWORK_TIMEOUT) return answer('FAILED', 'framework', { reason: 'Operation timed out' });
      await clock.sleep(QUERY_INTERVAL_SECONDS * SECOND);
    }
  }

  /** Called when an operation on the stack has succeeded. The desktops that exist now are those that people have. */
  private settle(fleet: FleetModel, deployed: FleetProperties, answer: Answer): void {
    const ids = new Set(answer.data!.WorkspaceIds.split(','));
    const before = new Map(fleet.theirs);
    fleet.theirs.clear();
    const coming = new Map(fleet.coming);
    fleet.coming.clear();
    for (const { workspaceId: id, userName, tags, state } of this.stack.workspaces.desktops()) {
      if (isLeaving({ state } as any)) continue;
      if (ids.has(id) && this.isOfAnother(fleet, tags[OWNERSHIP_TAG])) fleet.coming.set(id, coming.get(id) ?? answer.event);
      if (tags[OWNERSHIP_TAG] !== fleet.fleetId || (!ids.has(id) && !before.has(id))) continue;
      fleet.theirs.set(id, userName);
      if (answer.event.wants(userName)) fleet.leaving.delete(id);
      else if (answer.event.purpose === 'update' && !fleet.leaving.has(id)) fleet.leaving.set(id, deployed.RemovedUsers === 'RELEASE' ? 'RELEASE' : 'TERMINATE');
      if (fleet.kept.delete(id)) fleet.takenUp.add(id);
      fleet.abandoned.delete(id);
    }
    Object.assign(fleet, { deployed, stable: undefined, isUnsure: false, isDamaged: false });
  }

  private isOfAnother(fleet: FleetModel, owner: string | undefined): boolean {
    return this.fleets.some(({ fleetId }) => fleetId === owner && fleetId !== fleet.fleetId);
  }

  private abandon(fleet: FleetModel): void {
    fleet.isUnsure = true;
    for (const { workspaceId: id, tags } of this.stack.workspaces.desktops()) {
      if (tags[OWNERSHIP_TAG] === fleet.fleetId && !fleet.kept.has(id)) fleet.abandoned.add(id);
    }
  }

  private begin(faults: readonly HistoryFault[], acts: readonly (Act & { after: number })[], troubles: readonly Trouble[] = []): void {
    this.stack.weather = troubles.map((each) => new Weather(each, this.stack.clock.now()));
    this.stack.faults.clear();
    this.isLasting = faults.some(({ times }) => times === Infinity);
    this.stack.faults.inject(...faults.map((fault) => ({ ...fault, ms: this.isPatient(fault) ? PATIENCE : undefined })));
    for (const { after, ...act } of acts) {
      this.stack.clock.after(after * SECOND, () => {
        if (act.what !== 'stop') this.actsIn += 1;
        this.others.act(act);
      });
    }
  }

  private rival({ kind, key, before, after, process: { event } }: Effect): void {
    const { rivalAfter } = this.history.world;
    const isAdoption = kind === 'tagged' && key === OWNERSHIP_TAG && before?.tags[OWNERSHIP_TAG] === undefined && event.isForward;
    if (rivalAfter === undefined || !isAdoption) return;
    this.stack.clock.after(rivalAfter * SECOND, () => {
      this.actsIn += 1;
      this.others.rival(after.workspaceId, after.userName);
    });
  }

  /** Whether late calls end before the provider stops waiting. Only WorkSpaces may be later; otherwise nothing in the ledger would be certain. */
  private isPatient({ how, operation }: HistoryFault): boolean {
    return how === 'late' && !/Workspaces$|Tags$/.test(operation) && !this.features.includes('late-writes');
  }

  private onJoined(event: EventRecord): void {
    if (event.isForged && this.invariants.isDoneAnyway(event)) return;
    if (event.isForged) return this.invariants.find(3, `${event.name}, which somebody has invented, is the current one`);
    if (event.joinedAt !== undefined) return;
    event.joinedAt = this.stack.clock.now();
    event.fleet.joined.push(event);
  }

  private checkAtRest(): void {
    for (const fleet of this.fleets) this.invariants.checkLedger(fleet);
  }

  private tell(text: string): void {
    const seconds = Math.round((this.stack.clock.now() - Date.UTC(2026, 0, 1)) / SECOND);
    this.trace.push(`${String(Math.floor(seconds / 60)).padStart(4)}:${String(seconds % 60).padStart(2, '0')} ${text}`);
  }
}

const PER_ITEM = { scope: 'item', code: 'ResourceLimitExceeded.WorkSpace', message: 'Your limits have been exceeded.' } as const;

function settings({ slowUser, buildTime, ...world }: Circumstances) {
  return {
    pendingOrder: world.pendingOrder,
    tagsOfUnknown: world.tagsOfUnknown,
    invisibleFor: world.invisibleFor * SECOND,
    terminateTime: world.terminateTime * SECOND,
    buildTime: ({ userName }: { userName: string }) => (userName === slowUser ? 200 * MINUTE : buildTime * SECOND),
    missingUsers: [NOBODY],
    createdNames: world.createdNames,
    shownNames: world.shownNames,
    quota: world.quota,
    quotaExceeded: world.quotaScope === 'item' ? PER_ITEM : undefined,
    bundles: BUNDLES.map((bundleId) => ({ bundleId })),
  };
}

/** Settings of their own for each user: so many tags of full length. */
function heavySettings(users: readonly string[], asked: { readonly Tags?: Readonly<Record<string, string>> }, tags: number): Pick<FleetProperties, 'Users' | 'Settings'> {
  const tagsOf = (user: string) => Object.fromEntries(Array.from({ length: tags }, (_, i) => [`${i}`.padEnd(127, 'k'), user.padEnd(255, 'v')]));
  return {
    Users: users.map((user, i) => ({ Settings: String(i), UserNames: [user] })),
    Settings: users.map((user) => ({ BundleId: BUNDLES[0], ...asked, Tags: { ...asked.Tags, ...tagsOf(user) } })),
  };
}

function propertiesOf(change: Change, users: readonly string[], before?: FleetProperties): FleetProperties {
  const asked = change.settings === undefined ? before?.settings ?? {} : SETTINGS[change.settings];
  return {
    users,
    settings: asked,
    ...change.heavy && heavySettings(users, asked, change.heavy),
    RemovedUsers: change.removedUsers ?? 'TERMINATE',
    TerminationLimit: change.limit,
    FailureTolerance: change.tolerance,
    WaitFor: change.waitFor,
    LateWorkspaces: change.late,
    TimeoutSeconds: String(change.timeout),
    Refresh: String(change.refresh),
    BundleChange: change.bundleChange,
    ExistingWorkspaces: change.adopt ? { Adopt: 'UNOWNED' } : undefined,
  };
}
