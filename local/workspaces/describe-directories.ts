import type { DirectoryProps } from './directories';
import { page, positions } from './paging';
import { checkEnum, checkOptionalList, checkPattern, requireMembers } from './validation';
import type { World } from './world';

const FILTERED = { WORKSPACE_TYPE: 'WorkspaceType', USER_IDENTITY_TYPE: 'UserIdentityType' } as const;

interface Filter { readonly Name: keyof typeof FILTERED; readonly Values: readonly string[] }

/** Unknown ids are left out of the answer, as with desktops. */
export function describeWorkspaceDirectories({ directories, options }: World, input: any): object {
  const { DirectoryIds, WorkspaceDirectoryNames, Filters } = input;
  checkOptionalList('DirectoryIds', DirectoryIds);
  DirectoryIds?.forEach((id: string) => checkPattern('Directory ID', id));
  checkOptionalList('WorkspaceDirectoryNames', WorkspaceDirectoryNames);
  checkOptionalList('Filters', Filters);
  for (const filter of Filters ?? []) {
    requireMembers(filter, 'Name', 'Values');
    checkEnum('Name', filter.Name);
  }
  const asked: DirectoryProps[] = DirectoryIds
    ? [...new Set<string>(DirectoryIds)].flatMap((id) => directories.find(id) ?? [])
    : directories.all();

  const elements: any[] = asked
    .map((directory) => directories.element(directory) as any)
    .filter((element) => !WorkspaceDirectoryNames || WorkspaceDirectoryNames.includes(element.DirectoryName))
    .filter((element) => (Filters ?? []).every(({ Name, Values }: Filter) => Values.includes(element[FILTERED[Name]])));
  const request = { question: { DirectoryIds, WorkspaceDirectoryNames, Filters }, limit: input.Limit, token: input.NextToken };
  const { items, NextToken } = page(elements, positions(elements), request, options.lastPageToken);
  return { Directories: items, NextToken };
}
