import type { Services } from './services';
import { Sisters } from '../act/sisters';
import { StepContext } from '../act/step-context';
import type { Pace } from '../aws/pace';
import type { TimeLeft } from '../core/time-left';
import type { CurrentFleet } from '../ledger/current-fleet';
import { FleetRecords } from '../ledger/fleet-records';

/** What the actions of a step need, with all records of the fleet. */
export async function contextOf(services: Services, stackId: string, fleet: CurrentFleet, pace: Pace, time: TimeLeft): Promise<StepContext> {
  const rows = await services.ledger.calls(fleet.key);
  return new StepContext({
    api: services.workspaces(pace, time),
    pace,
    tagsInIndex: (ids) => services.tagIndex(stackId, ids),
    ledger: services.ledger,
    clock: services.clock,
    fleet,
    records: new FleetRecords(rows, fleet.row.nextCall),
    time,
    sisters: new Sisters(services.ledger, services.seenEvents, {
      status: () => services.stackStatus(stackId),
      resource: (logicalId) => services.showResource(stackId, logicalId),
      logicalIds: () => services.logicalIds(stackId),
    }, fleet.key),
    transfers: services.transfers,
  });
}
