import type { Now } from './observe';
import { Phase, phaseOf } from './plan';
import type { Request } from './properties';
import { counted, list } from './report';
import type { Subject } from './state';

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
}

/** Too many users are refused, whatever becomes of the others: from here on nothing more is created. */
export function certainFailure(subjects: readonly Subject[], terms: Terms): string | undefined {
  const refused = refusals(withPhases(subjects, terms), terms);
  return refused.length > terms.request.tolerated ? tooMany(refused, subjects, terms.request.tolerated) : undefined;
}

/** Whether the deployment is done, goes on, or has failed. Every user falls into one of: ready, refused, late, nothing yet. */
export function verdict(subjects: readonly Subject[], terms: Terms): Verdict {
  const failed = certainFailure(subjects, terms);
  if (failed) return { kind: 'failed', reason: failed };

  const users = withPhases(subjects, terms);
  const late = users.filter(({ phase }) => phase === 'building').map(({ subject }) => subject);
  const leaving = leavingOf(subjects);
  const nothingYet = users.filter(({ phase }) => phase === 'absent' || phase === 'unknown' || phase === 'retry');
  const isDue = terms.now >= terms.deadline;

  if (!isDue && (late.length > 0 || leaving.length > 0 || nothingYet.length > 0)) return { kind: 'not-yet' };

  if (leaving.length > 0) return { kind: 'failed', reason: stillThere(leaving) };
  const refused = refusals(users, terms);
  if (refused.length > terms.request.tolerated) {
    return { kind: 'failed', reason: tooMany(refused, subjects, terms.request.tolerated) };
  }
  if (late.length > 0 && !terms.request.acceptLate) return { kind: 'failed', reason: tooLate(late) };

  return {
    kind: 'done',
    ids: users.map(({ subject, phase }) => (phase === 'ready' || phase === 'building' ? subject.member!.id! : '')),
    refused,
    late: late.map(({ userName }) => userName),
  };
}

/**
 * A rollback takes away what the update before it had made, and is done when that is gone. It makes nothing, and waits
 * for nothing: a desktop that broke since must not keep the stack from rolling back.
 */
export function rollbackVerdict(subjects: readonly Subject[], terms: Terms): Verdict {
  const leaving = leavingOf(subjects);
  if (leaving.length > 0) return terms.now < terms.deadline ? { kind: 'not-yet' } : { kind: 'failed', reason: stillThere(leaving) };
  const wanted = subjects.filter((each) => each.wanted);
  const without = wanted.filter(({ member }) => !member?.id);
  return {
    kind: 'done',
    ids: wanted.map(({ member }) => member?.id ?? ''),
    refused: without.map(({ userName, member }) => ({ userName, code: member?.failure?.code ?? 'NotCreated', message: member?.failure?.message ?? '' })),
    late: [],
  };
}

interface User {
  readonly subject: Subject;
  readonly phase: Phase;
}

function withPhases(subjects: readonly Subject[], now: Now): User[] {
  return subjects.filter(({ wanted }) => wanted).map((subject) => ({ subject, phase: phaseOf(subject, now) }));
}

function leavingOf(subjects: readonly Subject[]): Subject[] {
  return subjects.filter(({ wanted, member }) => !wanted && (member?.id || member?.unknown));
}

/** Those refused for good; and at the deadline, those for whom nothing was made: they are not late, they have nothing. */
function refusals(users: readonly User[], { now, deadline }: Terms): Refusal[] {
  return users.flatMap(({ subject: { userName, member }, phase }) => {
    const failure = member?.failure;
    if (phase === 'refused') return [{ userName, code: failure!.code, message: failure!.message }];
    if (now < deadline || phase === 'ready' || phase === 'building') return [];
    return [{ userName, code: failure?.code ?? 'NotCreated', message: failure?.message ?? 'no WorkSpace was made for this user before the timeout' }];
  });
}

function tooMany(refused: readonly Refusal[], subjects: readonly Subject[], tolerated: number): string {
  const total = subjects.filter(({ wanted }) => wanted).length;
  const names = list(refused, ({ userName, code, message }) => `${userName} (${code}: ${message})`);
  return `${refused.length} of ${counted(total, 'WorkSpace')} could not be made, and failureTolerance allows ${tolerated}: ${names}. Correct or take out these users, or raise failureTolerance`;
}

function tooLate(late: readonly Subject[]): string {
  return `${counted(late.length, 'WorkSpace')} not ready at the timeout: ${list(late, ({ userName, member }) => `${userName} (${member!.id})`)}. Raise timeout, or set lateWorkspaces to LateWorkspaces.ACCEPT`;
}

function stillThere(leaving: readonly Subject[]): string {
  const names = list(leaving, ({ userName, member }) => `${userName} (${member!.id ?? 'not visible yet'}${member!.failure ? `, ${member!.failure.code}: ${member!.failure.message}` : ''})`);
  return `${counted(leaving.length, 'WorkSpace')} that this fleet made could not be terminated in time: ${names}. Try again; a SUSPENDED WorkSpace can be terminated only when its image has been made`;
}
