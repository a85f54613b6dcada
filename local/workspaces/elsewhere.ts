import { bear } from './birth';
import type { Change, Computer, Connection, Desktop, Encryption } from './desktop';
import { enter } from './life';
import type { ChangedResource, DesktopProperties } from './members';
import type { DesktopError } from './refusal';
import { requestedOf } from './requested';
import type { State } from './state';
import { checkPattern } from './validation';
import type { World } from './world';

/** A desktop that somebody else made, before the service started. */
export interface ElsewhereProps {
  readonly directoryId: string;
  readonly userName: string;
  readonly bundleId: string;
  /** @default - a new one */
  readonly workspaceId?: string;
  /** Only for a user-decoupled desktop, whose userName is `[UNDEFINED]`. @default - none */
  readonly workspaceName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** As in a request's WorkspaceProperties. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** It stays in this state until something happens to it. @default 'AVAILABLE' */
  readonly state?: State;
  /** @default - none */
  readonly error?: DesktopError;
  /** With any key ARN; no grant is made. @default - not encrypted */
  readonly encryption?: Omit<Encryption, 'grantId'>;
  /** The computer that every answer shows, in every state. @default - an invented one, shown while it runs */
  readonly computer?: Computer;
  /** A change that stays in this state. @default - none */
  readonly change?: { readonly resource: ChangedResource; readonly state: Change['state'] };
  /** When its user was last connected, and when that was checked, on the clock. @default - never; the time of each call */
  readonly connection?: Partial<Connection>;
}

export function appear(world: World, props: ElsewhereProps): Desktop {
  const { workspaceId, directoryId, userName, workspaceName, bundleId, tags = {}, properties, encryption, computer, state = 'AVAILABLE' } = props;
  checkPattern('WorkSpace ID', workspaceId);
  if (workspaceId !== undefined && world.desktops.find(workspaceId)) throw new Error(`the desktop ${workspaceId} already exists`);
  const [other] = world.desktops.ofOwner(directoryId, userName, workspaceName);
  if (other) throw new Error(`${userName} has ${other.workspaceId} in ${directoryId} already`);
  const desktop = bear(world, {
    workspaceId,
    directoryId,
    userName,
    bundleId,
    requested: requestedOf({ WorkspaceName: workspaceName }),
    properties: properties as Partial<DesktopProperties> | undefined,
    encryption,
    computer,
    tags: Object.entries(tags),
    origin: 'elsewhere',
  });
  enter(world, desktop, state, props.error);
  desktop.built = state !== 'PENDING';
  if (props.change) desktop.change = { ...props.change };
  Object.assign(desktop.connection, props.connection);
  return desktop;
}
