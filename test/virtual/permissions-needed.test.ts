import { FUNCTIONS } from './permissions-fleets';
import { Cut, cutFrom, cuts, isOf, life, nameOf, testCuts } from './permissions-life';
import type { VirtualStack } from './virtual-stack';
import type { AuthorizationRequest } from '../../local/iam/registry';

// Nothing in the policies of the provider's roles is superfluous. What fails without each permission: permissions-needed.exhaustive.ts.

const CUTS = cuts();

/** Looks at each allowed call, and removes from the list the permissions without which it would not be allowed. */
function tryWithout(list: Set<Cut>): (stack: VirtualStack) => void {
  return ({ cloud: { iam } }) => {
    const refusal = iam.refusal.bind(iam);
    const isAllowedWithout = (cut: Cut, ...[principal, request]: Parameters<typeof refusal>) => {
      const { inline } = iam.roleOf(principal.roleArn)!;
      const [policyName] = inline.names();
      const document = inline.get(policyName)!;
      const less = structuredClone(document) as any;
      cutFrom(less.Statement, cut);
      inline.set(policyName, less);
      const denial = refusal(principal, request);
      inline.set(policyName, document);
      if (denial) iam.denials.pop();
      return !denial;
    };
    iam.refusal = (principal, request: AuthorizationRequest) => {
      const denial = refusal(principal, request);
      const role = FUNCTIONS.find((name) => iam.roleOf(principal.roleArn)?.name.startsWith(`Test-BulkWorkspacesProvider${name}Role`));
      if (denial || !role) return denial;
      for (const cut of list) {
        if (cut.role === role && isOf(cut, request.action) && !isAllowedWithout(cut, principal, request)) list.delete(cut);
      }
      return undefined;
    };
  };
}

test('with the whole policy, nothing is denied or fails; without any one statement or action, something is denied', async () => {
  const superfluous = new Set(CUTS);
  expect(await life({ watch: tryWithout(superfluous) })).toEqual({ wrong: [], denied: [] });
  expect([...superfluous].map(nameOf)).toEqual([]);
  expect(CUTS.length).toBeGreaterThan(40);
});

/** The most important permissions of each function and each service. */
const IMPORTANT = [
  'Step: KeepLedger with dynamodb:Query',
  'Step: CreateOwnDesktops with workspaces:CreateWorkspaces',
  'Step: TagOnCreate with workspaces:CreateTags',
  'Step: TerminateOwnDesktops with workspaces:TerminateWorkspaces',
  'Step: MigrateOwnDesktops with workspaces:MigrateWorkspace',
  'Step: LookAtOwnStack with cloudformation:DescribeStacks',
  'Step: LookAtOwnStack with cloudformation:DescribeStackResource',
  'Step: LetServiceUseKey with kms:CreateGrant',
  'IsComplete: InvokeStep with lambda:InvokeFunction',
  'OnEvent: NoteEvents with dynamodb:UpdateItem',
];

testCuts(IMPORTANT.map((name) => {
  const found = CUTS.find((cut) => nameOf(cut) === name);
  if (!found) throw new Error(`the policies have no ${name}`);
  return found;
}));
