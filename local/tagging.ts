import { arn } from './core/account';
import { JsonService, Operation } from './core/json-service';
import { Reply, ServiceError } from './core/service';

/** The service that has the tags. */
export interface Tagged {
  tagsOf(resourceId: string): Readonly<Record<string, string>> | undefined;
  /** All that have tags. */
  desktops(): readonly { readonly workspaceId: string; readonly state: string }[];
}

interface GetResources {
  readonly ResourceARNList?: string[];
  readonly ResourceTypeFilters?: string[];
  readonly TagFilters?: { readonly Key: string; readonly Values?: string[] }[];
}

const MOST_ARNS = 100;
const DESKTOP = new RegExp(`^${arn('workspaces', 'workspace/')}(ws-[0-9a-z]+)$`);

/**
 * The Resource Groups Tagging API, only for tags of WorkSpaces, by their ARNs or by one tag. Cloud Custodian has a recording of it
 * (tests/data/placebo/test_workspaces_query): a resource that has no tags, or does not exist, is not in the answer.
 */
export class TaggingService extends JsonService {
  readonly signingName = 'tagging';
  protected readonly targetPrefix = 'ResourceGroupsTaggingAPI_20170126';
  private frozen?: Map<string, Readonly<Record<string, string>> | undefined>;

  protected readonly operations: Readonly<Record<string, Operation>> = {
    GetResources: ({ ResourceARNList: arns, ResourceTypeFilters: types, TagFilters: filters, ...others }: GetResources) => {
      const unknown = Object.keys(others);
      if (unknown.length > 0) throw new ServiceError('InvalidParameterException', `the local tagging service does not know ${unknown.join(', ')}`);
      if (filters) return { PaginationToken: '', ResourceTagMappingList: this.withTags(types, filters) };
      if (!arns?.length || arns.length > MOST_ARNS) throw new ServiceError('InvalidParameterException', `ResourceARNList must have 1 to ${MOST_ARNS} ARNs, got ${arns?.length ?? 0}`);
      return { PaginationToken: '', ResourceTagMappingList: arns.flatMap((each) => this.mapping(each)) };
    },
  };

  constructor(private readonly workspaces: Tagged) {
    super();
  }

  /** Makes the index late: it answers with the present tags of these desktops, until it is told to follow changes again. */
  freeze(ids: readonly string[]): void {
    this.frozen = new Map(ids.map((id) => [id, this.workspaces.tagsOf(id)]));
  }

  follow(): void {
    this.frozen = undefined;
  }

  /** In this service's model, the message has another name than in most services. */
  override reply(error: ServiceError): Reply {
    return { ...super.reply(error), body: JSON.stringify({ __type: error.code, Message: error.message }) };
  }

  /** A desktop that is gone has no tags any more. */
  private withTags(types: readonly string[] = [], filters: NonNullable<GetResources['TagFilters']>): object[] {
    if (types.join() !== 'workspaces:workspace') throw new ServiceError('InvalidParameterException', 'the local tagging service knows only workspaces:workspace');
    return this.workspaces.desktops().filter(({ workspaceId, state }) => {
      const tags = this.frozen?.has(workspaceId) ? this.frozen.get(workspaceId) : this.workspaces.tagsOf(workspaceId);
      const hasTag = (value: string | undefined, values: readonly string[] = []) => (
        value !== undefined && (values.length === 0 || values.includes(value))
      );
      return state !== 'GONE' && filters.every(({ Key, Values }) => hasTag(tags?.[Key], Values));
    }).flatMap(({ workspaceId }) => this.mapping(arn('workspaces', `workspace/${workspaceId}`)));
  }

  private mapping(resourceArn: string): object[] {
    const id = DESKTOP.exec(resourceArn)?.[1];
    if (id === undefined) throw new ServiceError('InvalidParameterException', `${resourceArn} is not the ARN of a WorkSpace of this account and Region`);
    const tags = this.frozen?.has(id) ? this.frozen.get(id) : this.workspaces.tagsOf(id);
    if (!tags || Object.keys(tags).length === 0) return [];
    return [{ ResourceARN: resourceArn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }];
  }
}
