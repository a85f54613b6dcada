import { MINUTE } from '../core/clock';
import type { Now } from './observe';
import { isReclaimed, Phase, phaseOf, plan } from './plan';
import type { Request } from '../request/resource-properties';
import { counted, list } from './report';
import { open } from './settings-diff';
import { isStanding, type Subject } from '../ledger/state';

/** A user, and why they have no working desktop. */
export interface Refusal {
  readonly userName: string;
  readonly code: string;
  readonly message: string;
}

export type Verdict =
  | { readonly kind: 'done'; readonly ids: readonly string[]; readonly refused: readonly Refusal[]; readonly late: readonly string[] }
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'failed'; readonly reason: string };

/** What a verdict rests on, beside the users. */
export interface Terms extends Now {
  readonly request: Request;
  /** When the answer is due. */
  readonly deadline: number;
  /** When it must be given, if removals take that long. */
  readonly answerBy: number;
  /** Removals have begun: what breaks from now on is reported, but to fail would bring back nobody. */
  readonly isRemoving: boolean;
  /** Up to this generation, a desktop that is not wanted any more was somebody's; -1 in a delete. */
  readonly keep: number;
  /** Up to this generation, a desktop belongs to the deployment before; -1 in a create. */
  readonly deployed: number;
}

/** So long after it was due can an answer be given at the latest. */
export const REMOVAL_GRACE = 1.5 * MINUTE;

/** Too many users are refused, whatever becomes of the others: from here on nothing more is created. */
export function certainFailure(subjects: readonly Subject[], terms: Terms): string | undefined {
  if (terms.isRemoving) return undefined;
  const refused = refusals(subjects, terms);
  return refused.length > terms.request.tolerated ? tooMany(refused, subjects, terms.request.tolerated) : undefined;
}

/** Whether the deployment is done, goes on, or has failed. */
export function verdict(subjects: readonly Subject[], terms: Terms): Verdict {
  const onUsers = verdictOnUsers(subjects, terms);
  if (onUsers.kind !== 'done') return onUsers;

  if (terms.now < terms.deadline && isChanging(subjects, terms)) return { kind: 'not-yet' };
  const leaving = leavingOf(subjects);
  if (leaving.length === 0) return onUsers;
  if (terms.now < terms.deadline) return { kind: 'not-yet' };
  // Removals that the service has taken go their way without us; the ledger knows them until they are gone.
  const left = leaving.filter(({ member, madeIn }) => madeIn! > terms.keep || member?.terminatedAt === undefined);
  if (left.length === 0) return onUsers;
  const isRemoval = left.every(({ madeIn }) => madeIn! <= terms.keep);
  if (isRemoval && terms.now < terms.answerBy) return { kind: 'not-yet' };
  // Some have gone for ever: to fail now would bring back nobody. The next deployment goes on with those that are left.
  if (isRemoval && terms.isRemoving) return { ...onUsers, late: [...onUsers.late, ...left.map(({ userName }) => `${userName} (not removed yet)`)] };
  return { kind: 'failed', reason: terms.request.releases ? notReleased(left) : stillThere(left) };
}

/** Whether there is more to do that comes after everything else. */
function isChanging(subjects: readonly Subject[], terms: Terms): boolean {
  const { changeFinally, migrate, follow, remove } = plan(subjects, terms);
  return changeFinally.length + migrate.length + follow.length > 0 || remove.some(({ wanted }) => wanted);
}

/** The same for those who are wanted alone. Every user falls into one of: ready, refused, late, nothing yet. */
export function verdictOnUsers(subjects: readonly Subject[], terms: Terms): Verdict {
  const failed = certainFailure(subjects, terms);
  if (failed) return { kind: 'failed', reason: failed };

  const users = withPhases(subjects, terms);
  const late = users.filter(({ phase }) => phase === 'building').map(({ subject }) => subject);
  const nothingYet = users.filter(({ phase }) => phase === 'absent' || phase === 'unknown' || phase === 'retry');
  // Those who are being replaced are waited for.
  const isDue = terms.now >= terms.deadline || (terms.isRemoving && terms.request.bundleChange !== 'REPLACE');
  const isChanged = !terms.isRemoving && !isDue && users.some(({ subject, phase }) => isBuilt(phase) && open(subject, terms.generation, 'undoable').length > 0);

  if (!isDue && (late.length > 0 || nothingYet.length > 0 || isChanged)) return { kind: 'not-yet' };

  const refused = refusalsOf(users, terms);
  if (refused.length > terms.request.tolerated && !terms.isRemoving) {
    return { kind: 'failed', reason: tooMany(refused, subjects, terms.request.tolerated) };
  }
  if (late.length > 0 && !terms.request.acceptLate && !terms.isRemoving) return { kind: 'failed', reason: tooLate(late) };

  return {
    kind: 'done',
    ids: users.map(({ subject, phase }) => (isBuilt(phase) ? subject.member!.id! : '')),
    refused,
    late: late.map(({ userName }) => userName),
  };
}

/**
 * A rollback takes away what the update before it had made, and is done when that is gone. It makes nothing, and waits
 * for nothing: a desktop that broke since must not keep the stack from rolling back.
 */
export function rollbackVerdict(subjects: readonly Subject[], terms: Terms): Verdict {
  // What an earlier update has removed, or could not remove, goes its way without us.
  const leaving = leavingOf(subjects).filter(({ madeIn }) => madeIn! > terms.keep);
  const isReclaiming = subjects.some((each) => (each.wanted && each.member?.releasedIn !== undefined) || isReclaimed(each, terms.now));
  const isOnTheWay = isReclaiming || plan(subjects, terms).change.length > 0;
  if (isOnTheWay && terms.now < terms.deadline) return { kind: 'not-yet' };
  if (leaving.length > 0) return terms.now < terms.deadline ? { kind: 'not-yet' } : { kind: 'failed', reason: stillThere(leaving) };
  const wanted = subjects.filter((each) => each.wanted);
  // What the update before has terminated cannot be brought back.
  const without = wanted.filter(({ member }) => !isStanding(member));
  return {
    kind: 'done',
    ids: wanted.map((each) => (isStanding(each.member) ? each.member!.id! : '')),
    refused: without.map(({ userName, member }) => ({ userName, code: member?.failure?.code ?? 'NotCreated', message: member?.failure?.message ?? '' })),
    late: [],
  };
}

/** Of a user for whom a desktop stands after the deployment; empty for one who was refused. */
export function idOf(subject: Subject, now: Now): string {
  return isBuilt(phaseOf(subject, now)) ? subject.member!.id! : '';
}

function isBuilt(phase: Phase): boolean {
  return phase === 'ready' || phase === 'building';
}

interface User {
  readonly subject: Subject;
  readonly phase: Phase;
}

function withPhases(subjects: readonly Subject[], now: Now): User[] {
  return subjects.filter(({ wanted }) => wanted).map((subject) => ({ subject, phase: phaseOf(subject, now) }));
}

function leavingOf(subjects: readonly Subject[]): Subject[] {
  return subjects.filter(({ wanted, member }) => !wanted && !member?.untagged && (member?.id || member?.unknown));
}

/** Everybody who is refused. */
export function refusals(subjects: readonly Subject[], terms: Terms): Refusal[] {
  return refusalsOf(withPhases(subjects, terms), terms);
}

/** Those refused for good; and at the deadline, those for whom nothing was made: they are not late, they have nothing. */
function refusalsOf(users: readonly User[], { now, deadline, isRemoving, generation, request }: Terms): Refusal[] {
  return users.flatMap(({ subject: { userName, member }, phase }) => {
    const failure = member?.failure;
    if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];
    const refused = member?.changeFailure;
    if (refused?.generation === generation && (phase === 'ready' || phase === 'building')) return [{ userName, code: refused.code, message: refused.message }];
    const isDue = now >= deadline || (isRemoving && request.bundleChange !== 'REPLACE');
    if (!isDue || phase === 'ready' || phase === 'building') return [];
    return [{ userName, code: failure?.code ?? 'NotCreated', message: failure?.message ?? 'no WorkSpace was made for this user before the timeout' }];
  });
}

function tooMany(refused: readonly Refusal[], subjects: readonly Subject[], tolerated: number): string {
  const total = subjects.filter(({ wanted }) => wanted).length;
  const names = list(refused, ({ userName, code, message }) => `${userName} (${code}: ${message})`);
  // How much of the quota there was, for whoever asks for more.
  const isQuota = refused.some(({ code }) => code.startsWith('ResourceLimitExceeded'));
  const made = isQuota ? `${subjects.filter(({ wanted, member }) => wanted && isStanding(member)).length} were made before that. ` : '';
  return `${refused.length} of ${counted(total, 'WorkSpace')} could not be made or changed, and failureTolerance allows ${tolerated}: ${names}. ${made}Correct or take out these users, or raise failureTolerance`;
}

function tooLate(late: readonly Subject[]): string {
  return `${counted(late.length, 'WorkSpace')} not ready at the timeout: ${list(late, ({ userName, member }) => `${userName} (${member!.id})`)}. Raise timeout, or set lateWorkspaces to LateWorkspaces.ACCEPT`;
}

function notReleased(left: readonly Subject[]): string {
  const names = list(left, ({ userName, member }) => `${userName} (${member!.id ?? 'not visible yet'})`);
  return `${counted(left.length, 'WorkSpace')} could not be released, or terminated, in time: ${names}. Deploy again`;
}

function stillThere(leaving: readonly Subject[]): string {
  const names = list(leaving, ({ userName, member }) => `${userName} (${member!.id ?? 'not visible yet'}${member!.failure ? `, ${member!.failure.code}: ${member!.failure.message}` : ''})`);
  return `${counted(leaving.length, 'WorkSpace')} that this fleet made could not be terminated in time: ${names}. Try again; a SUSPENDED WorkSpace can be terminated only when its image has been made, and none that was deployed while CloudFormation does not say that the update still stands (cloudformation:DescribeStacks)`;
}
