import { deniedIn, WAY_OUT_OF_DENIAL } from './failures';
import { counted, list } from './text';
import { hasDesktop, type RecordedUser } from '../ledger/user';

/**
 * That desktops could not be removed, with the reasons and the way out.
 * @param again what to do to try again
 */
export function stillThere(leaving: readonly RecordedUser[], generation: number, again: string): string {
  const names = list(leaving, (each) => {
    const { failure } = each.record;
    const id = hasDesktop(each) ? each.record.id : 'not visible yet';
    return `${each.userName} (${id}${failure?.generation === generation ? `, ${failure.code}: ${failure.message}` : ''})`;
  });
  const denied = leaving.filter(({ record }) => deniedIn(record, generation));
  const others = denied.length === leaving.length ? '' : '. A SUSPENDED WorkSpace can be terminated after its image is complete';
  return `${counted(leaving.length, 'WorkSpace')} of this fleet could not be terminated or released${denied.length === 0 ? ' in time' : ''}: ${names}. `
    + `${denied.length > 0 ? `${WAY_OUT_OF_DENIAL}. Then ${again}` : `To continue, ${again}`}${others}`;
}
