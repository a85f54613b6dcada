import type { Process } from './processes';
import type { DesktopSnapshot } from '../../local/workspaces';

/**
 * The effect of a call of the handler on one desktop.
 *
 * - `made`: the desktop is new.
 * - `terminated`: the desktop is TERMINATING.
 * - `tagged`: the tag `key` was added, or its value changed. `untagged`: the tag was removed.
 * - `changed`: any other setting changed.
 */
export interface Effect {
  readonly kind: 'made' | 'terminated' | 'tagged' | 'untagged' | 'changed';
  readonly key?: string;
  readonly operation: string;
  readonly process: Process;
  readonly at: number;
  /** When the process made the call. The effect may come later. */
  readonly issuedAt: number;
  readonly before?: DesktopSnapshot;
  readonly after: DesktopSnapshot;
}

export const isLeaving = ({ state }: DesktopSnapshot) => ['TERMINATING', 'TERMINATED', 'GONE'].includes(state);

type Differences = Pick<Effect, 'kind' | 'key' | 'before' | 'after'>[];

/** Compares all desktops before and after a call. */
export function differences(before: readonly DesktopSnapshot[], after: readonly DesktopSnapshot[]): Differences {
  const byId = new Map(before.map((each) => [each.workspaceId, each]));
  return after.flatMap((each): Differences => {
    const was = byId.get(each.workspaceId);
    return was ? changesOf(was, each) : [{ kind: 'made', after: each }];
  });
}

function changesOf(before: DesktopSnapshot, after: DesktopSnapshot): Differences {
  const keys = [...new Set([...Object.keys(before.tags), ...Object.keys(after.tags)])].filter((key) => before.tags[key] !== after.tags[key]);
  const tags = keys.map((key) => ({ kind: after.tags[key] === undefined ? 'untagged' as const : 'tagged' as const, key, before, after }));
  if (isLeaving(after) && !isLeaving(before)) return [...tags, { kind: 'terminated', before, after }];
  const isSame = before.state === after.state && JSON.stringify(before.properties) === JSON.stringify(after.properties);
  return isSame ? tags : [...tags, { kind: 'changed', before, after }];
}
