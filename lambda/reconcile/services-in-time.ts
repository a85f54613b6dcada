import type { Services } from './services';
import type { TimeLeft } from '../core/time-left';

/** The same services, but no call begins for which there is no time. Calls of WorkSpaces look themselves, after their wait for the pace. */
export function inTime(services: Services, time: TimeLeft): Services {
  const { keys, tagIndex, readManifest, stackStatus, lastUpdate, showResource, showLastEvent, logicalIds, ownedInIndex } = services;
  const checked = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    time.require();
    return call(...args);
  };
  return {
    ...services,
    keys: { usableKeyArn: checked((key) => keys.usableKeyArn(key)) },
    tagIndex: checked(tagIndex),
    readManifest: checked(readManifest),
    stackStatus: checked(stackStatus),
    lastUpdate: (stackId) => lastUpdate(stackId, () => time.require()),
    showResource: checked(showResource),
    logicalIds: checked(logicalIds),
    showLastEvent: (stackId, resource, since) => showLastEvent(stackId, resource, since, () => time.require()),
    ownedInIndex: checked(ownedInIndex),
  };
}
