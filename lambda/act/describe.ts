import { rejection } from './denials';
import { Halving } from './halving';
import type { StepContext } from './step-context';
import { isDenial, isRejection } from '../aws/errors';
import type { ObservedDesktop } from '../aws/workspaces-api';
import type { DesktopUser } from '../ledger/user';

const DESCRIBE = 'workspaces:DescribeWorkspaces';

/**
 * Asks for the desktops of at most 25 users. If the service rejects the question because of somebody, that is noted in the record: it does not
 * mean that the desktop is gone.
 * @returns the desktops that were seen, by id, and the users who could be asked about
 */
export async function describe<U extends DesktopUser>(
  context: StepContext, users: readonly U[], idsOf: (user: U) => readonly string[] = ({ record }) => [record.id],
): Promise<{ readonly seen: ReadonlyMap<string, ObservedDesktop>; readonly asked: readonly U[] }> {
  const { api, records, denials } = context;
  const seen = new Map<string, ObservedDesktop>();
  const asked: U[] = [];
  const halves = new Halving<U>();
  for (let group: readonly U[] | undefined = users; group; group = halves.next()) {
    try {
      for (const each of await api.describe([...new Set(group.flatMap(idsOf))])) seen.set(each.id, each);
      denials.passed(DESCRIBE);
      asked.push(...group.map((each) => withoutDenial(context, each)));
    } catch (error) {
      const { name } = error as Error;
      if (!isRejection(error)) throw error;
      if (halves.split(group)) continue;
      const [user] = group;
      if (name === 'ResourceNotFoundException') asked.push(user);
      else if (users.length === 1 && !isDenial(name)) throw error;
      else records.set(user.key, { ...user.record, failure: rejection(context, error, user.record.failure) });
    }
  }
  return { seen, asked };
}

function withoutDenial<U extends DesktopUser>({ records }: StepContext, user: U): U {
  if (user.record.failure?.action !== DESCRIBE) return user;
  const record = { ...user.record, failure: undefined };
  records.set(user.key, record);
  return { ...user, record };
}
