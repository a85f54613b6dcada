/** By operation: the answer that is odd instead. */
type Changes = Readonly<Record<string, (answer: any) => object>>;

/**
 * Answers that the service has never been seen to give, and that its model allows: members are optional, and nothing says that an answer
 * repeats what was asked. What the call does is the same.
 */
const ODD_ANSWERS = {
  'made and refused': {
    CreateWorkspaces: ({ PendingRequests: made, FailedRequests: refused }) => ({
      PendingRequests: made,
      FailedRequests: [...refused, ...made.map(({ UserName }: any) => ({ WorkspaceRequest: { UserName }, ErrorCode: 'InternalError', ErrorMessage: 'odd' }))],
    }),
  },
  'made without id': { CreateWorkspaces: ({ PendingRequests, ...rest }) => ({ ...rest, PendingRequests: PendingRequests.map(without('WorkspaceId')) }) },
  'refused without request': { CreateWorkspaces: ({ FailedRequests, ...rest }) => ({ ...rest, FailedRequests: FailedRequests.map(without('WorkspaceRequest')) }) },
  'refused without code': {
    CreateWorkspaces: ({ FailedRequests, ...rest }) => ({ ...rest, FailedRequests: FailedRequests.map(without('ErrorCode')) }),
    TerminateWorkspaces: ({ FailedRequests }) => ({ FailedRequests: FailedRequests.map(without('ErrorCode')) }),
  },
  'not terminated, without id': { TerminateWorkspaces: ({ FailedRequests }) => ({ FailedRequests: FailedRequests.map(without('WorkspaceId')) }) },
  'not terminated, another id': {
    TerminateWorkspaces: ({ FailedRequests }) => ({
      FailedRequests: FailedRequests.map((each: any) => ({ ...each, WorkspaceId: 'ws-000000000' })),
    }),
  },
  'terminated, and another id not': {
    TerminateWorkspaces: ({ FailedRequests }) => ({
      FailedRequests: [...FailedRequests, { WorkspaceId: 'ws-000000000', ErrorCode: 'ResourceNotFound.WorkSpace', ErrorMessage: 'odd' }],
    }),
  },
  'migrated without target': { MigrateWorkspace: without('TargetWorkspaceId') },
  'no tags': { DescribeTags: () => ({ TagList: [] }) },
  'no list of tags': { DescribeTags: () => ({}) },
  'no state': { DescribeWorkspaces: ({ Workspaces, ...rest }) => ({ ...rest, Workspaces: Workspaces.map(without('State')) }) },
  'empty lists are absent': Object.fromEntries(['CreateWorkspaces', 'TerminateWorkspaces', 'DescribeWorkspaces', 'DescribeTags'].map((name) => [name, withoutEmpty])),
  'short pages': {}, // of desktops whose ids are asked for: `describe.ts`
} satisfies Readonly<Record<string, Changes>>;

export type OddAnswer = keyof typeof ODD_ANSWERS;

/** So many desktops are in a short page. */
export const SHORT_PAGE = 3;

/** The answer as the options make it odd. */
export function oddly(oddAnswers: readonly OddAnswer[], operation: string, answer: object): object {
  return oddAnswers.reduce((odd, name) => {
    const change = (ODD_ANSWERS[name] as Changes)[operation];
    return change ? change(odd) : odd;
  }, answer);
}

function without(member: string): (answer: any) => object {
  return ({ [member]: _, ...rest }) => rest;
}

function withoutEmpty(answer: object): object {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}
