import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Play } from './play';

// What an operation leaves behind. Two histories that leave the same go on in the same way.

/** Numbers of these members count generations or calls. Only their order matters. */
const COUNTED = /^(generation|settledBefore|before|readyIn|removableIn|releasedIn|number|nextCall)$/;
/** The moments and random texts of the lease, and the events that have come. No event comes again in these histories. */
const PASSING = /^(until|holder|events|startedAt)$/;

/**
 * Describes the ledger, the desktops, and what CloudFormation has deployed, without ids, moments and numbers of events.
 *
 * @returns equal texts for equal states
 */
export function describe({ stack, fleets, invariants, others }: Play): string {
  const desktops = stack.workspaces.desktops().filter(({ state }) => state !== 'GONE');
  const names = new Map(desktops.map(({ workspaceId }, i) => [workspaceId, `desktop ${i + 1}`]));
  const rows = stack.table.rows().map((row) => unmarshall(row as never)).map(parsed);
  const ranks = rankings(rows);
  const plain = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return names.get(value) ?? value;
    if (typeof value === 'number') return value > 1e11 ? 'a moment' : COUNTED.test(key) ? ranks.get(value) : value;
    if (Array.isArray(value)) return value.map((each) => plain(each));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).filter(([member]) => !PASSING.test(member));
    return Object.fromEntries(members.map(([member, each]) => [plain(member), plain(each, member)]));
  };
  return JSON.stringify(plain({
    status: stack.status,
    rows,
    desktops: desktops.map(({ workspaceId, userName, state, properties, tags, bundleId }) => [
      workspaceId, userName, state, properties, tags, bundleId, invariants.madeBy.get(workspaceId)?.after.settings, others.hasTouched(workspaceId),
    ]),
    fleets: fleets.map(({ deployed, stable, theirs, kept, takenUp, abandoned, leaving, coming, removals, isUnsure }) => (
      [deployed, stable, [...theirs.keys()], [...kept], [...takenUp], [...abandoned], [...leaving], [...coming.keys()], removals, isUnsure]
    )),
  }));
}

/** Some members are JSON texts. */
function parsed(value: unknown): unknown {
  if (typeof value === 'string' && /^[[{]/.test(value)) return parsed(JSON.parse(value));
  if (Array.isArray(value)) return value.map(parsed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, each]) => [member, parsed(each)]));
}

function rankings(rows: readonly unknown[]): Map<number, number> {
  const numbers = new Set<number>();
  const collect = (value: unknown, key = ''): void => {
    if (typeof value === 'number' && COUNTED.test(key)) numbers.add(value);
    if (Array.isArray(value)) value.forEach((each) => collect(each));
    else if (typeof value === 'object' && value !== null) for (const [member, each] of Object.entries(value)) collect(each, member);
  };
  rows.forEach((row) => collect(row));
  return new Map([...numbers].sort((a, b) => a - b).map((each, i) => [each, i]));
}
