import { CustomResource, Duration, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDS_RESOURCE_TYPE, MAX_RESPONSE_BYTES, WorkspaceIdsAttributes, WorkspaceIdsProperties } from './contract';
import type { WorkspacesProvider } from './provider';

/** `ws-`, nine characters, and a comma. */
const ID_BYTES = 13;
/** What the framework adds to a response, the request's id, our physical id, and the attribute's name. */
const ENVELOPE_BYTES = 250 + 36 + 60 + 10;
/** `arn:aws-us-gov:cloudformation:<region>:<account>:stack/<name>/<uuid>`, without the name. */
const STACK_ID_BYTES = 110;
const LONGEST_STACK_NAME = 128;
/** A logical id is the letters and digits of the path, and a hash of it. CDK cuts it at this length. */
const LONGEST_LOGICAL_ID = 255;
/** The most bytes of names in one read. An update's event has them twice, and the framework accepts events of less than 15 KB. */
const MAX_NAMES_BYTES = 5_500;
/** The length that is assumed for a name that is a token. */
const LONGEST_NAME = 63;

interface Read {
  readonly names: string[];
  readonly resource: CustomResource;
  bytes: number;
}

/**
 * Reads ids of a fleet that has more ids than fit one response. Only the ids that the app asks for are read. Each read is a custom resource
 * with as many ids as fit its response.
 */
export class IdReads {
  private readonly reads: Read[] = [];

  constructor(
    private readonly fleet: Construct,
    private readonly provider: WorkspacesProvider,
    private readonly properties: Omit<WorkspaceIdsProperties, 'ServiceToken' | 'UserNames'>,
  ) {}

  /** The most ids in one read, or 0 if the app asks for none. */
  public get inOneRead(): number {
    return this.reads.length === 0 ? 0 : this.capacity;
  }

  public idOf(userName: string): string {
    const bytes = 3 + (Token.isUnresolved(userName) ? LONGEST_NAME : Buffer.byteLength(userName));
    const read = this.withRoom(bytes);
    read.bytes += bytes;
    const position = read.names.push(userName) - 1;
    const attribute: keyof WorkspaceIdsAttributes = 'Ids';
    return Fn.select(position, Fn.split(',', read.resource.getAttString(attribute)));
  }

  private withRoom(bytes: number): Read {
    const last = this.reads.at(-1);
    if (last && last.names.length < this.capacity && last.bytes + bytes <= MAX_NAMES_BYTES) return last;
    const names: string[] = [];
    const properties: Omit<WorkspaceIdsProperties, 'ServiceToken' | 'UserNames'> & { UserNames: unknown } = {
      ...this.properties,
      UserNames: Lazy.any({ produce: () => names }),
    };
    const resource = new CustomResource(this.fleet, `Ids${this.reads.length}`, {
      resourceType: IDS_RESOURCE_TYPE,
      serviceToken: this.provider.serviceToken,
      serviceTimeout: Duration.minutes(15),
      properties,
    });
    const read: Read = { names, resource, bytes: 0 };
    this.reads.push(read);
    return read;
  }

  private get capacity(): number {
    const { stackName } = Stack.of(this.fleet);
    const name = Token.isUnresolved(stackName) ? LONGEST_STACK_NAME : stackName.length;
    const logicalId = Math.min(LONGEST_LOGICAL_ID, this.fleet.node.path.length + 30);
    return Math.floor((MAX_RESPONSE_BYTES - ENVELOPE_BYTES - STACK_ID_BYTES - name - logicalId) / ID_BYTES);
  }
}
