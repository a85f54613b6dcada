import type { KeysApi } from '../aws/keys';
import type { Pace } from '../aws/pace';
import type { LastUpdate, LogicalIds, ShowLastEvent, ShowResource, StackStatus } from '../aws/stack-status';
import type { OwnedInIndex, TagIndex } from '../aws/tag-index';
import type { WorkspacesApi } from '../aws/workspaces-api';
import type { Clock } from '../core/clock';
import type { TimeLeft } from '../core/time-left';
import type { Lease } from '../ledger/lease';
import type { Ledger } from '../ledger/ledger';
import type { ManifestCopies } from '../ledger/manifest-copies';
import type { RemovalOrders } from '../ledger/removal-orders';
import type { SeenEvents } from '../ledger/seen-events';
import type { Transfers } from '../ledger/transfers';
import type { ReadManifest } from '../request/resource-properties';

/** Everything outside the process that a step uses. */
export interface Services {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly seenEvents: SeenEvents;
  readonly lease: Lease;
  readonly workspaces: (pace: Pace, time: TimeLeft) => WorkspacesApi;
  readonly tagIndex: TagIndex;
  readonly ownedInIndex: OwnedInIndex;
  readonly keys: KeysApi;
  readonly readManifest: ReadManifest;
  readonly manifestCopies: ManifestCopies;
  readonly removalOrders: RemovalOrders;
  readonly transfers: Transfers;
  readonly stackStatus: StackStatus;
  readonly lastUpdate: LastUpdate;
  readonly showResource: ShowResource;
  readonly logicalIds: LogicalIds;
  readonly showLastEvent: ShowLastEvent;
  readonly logGroupName?: string;
}
