import { readFileSync } from 'node:fs';
import { Component, github, javascript, JsonPatch, type Project, type release } from 'projen';
import { writeFile } from 'projen/lib/util';

/** What the title of a pull request, which becomes the commit, may begin with. */
const COMMIT_TYPES = ['build', 'chore', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];

/**
 * A tag can be moved to other code, a commit cannot. When an update of projen brings a newer version of an action,
 * test/project/workflows.test.ts fails until its commit is here.
 */
const ACTIONS: readonly (readonly [action: string, version: string, commit: string])[] = [
  ['actions/checkout', 'v7.0.1', '3d3c42e5aac5ba805825da76410c181273ba90b1'],
  ['actions/download-artifact', 'v8.0.1', '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c'],
  ['actions/setup-node', 'v7.0.0', '820762786026740c76f36085b0efc47a31fe5020'],
  ['actions/upload-artifact', 'v7.0.1', '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a'],
  ['amannn/action-semantic-pull-request', 'v6.1.1', '48f256284bd46cdaab1048c3721360e808335d50'],
  ['peter-evans/create-pull-request', 'v8.1.1', '5f6978faf089d4d20b00c7766989d076bb2fc7f1'],
];

/** It sees the token that publishes, so a newer version is a decision. */
const PUBLIB_VERSION = '0.2.1061';

export const GITHUB: github.GitHubOptions = {
  pullRequestLintOptions: { semanticTitleOptions: { types: COMMIT_TYPES } },
};

/** A build that changes files fails. It does not push to the branch, so it needs no permission to write. */
export const BUILD_WORKFLOW: javascript.BuildWorkflowOptions = {
  mutableBuild: false,
  permissions: { contents: github.workflows.JobPermission.READ },
};

/** Least permissions, and nothing that is run there can change without a commit here. */
export function hardenWorkflows(project: javascript.NodeProject): void {
  const { actions, workflows } = project.github!;
  for (const [action, version, commit] of ACTIONS) actions.set(`${action}@${version}`, `${action}@${commit}`);
  for (const { file } of workflows) {
    // The two moves put the permissions in front of the jobs.
    file!.patch(JsonPatch.add('/permissions', {}), JsonPatch.move('/jobs', '/last'), JsonPatch.move('/last', '/jobs'));
  }
  // projen asks for more. The title is only read; and a release is built in one job, tagged in another.
  allow(project, 'pull-request-lint', 'validate', 'pull-requests', 'read');
  allow(project, 'release', 'release', 'contents', 'read');
  // projen has no option for it.
  (project.release!.publisher as { -readonly [name in keyof release.Publisher]: release.Publisher[name] }).publibVersion = PUBLIB_VERSION;
  new VersionComments(project, workflows);
}

function allow(project: javascript.NodeProject, workflow: string, job: string, what: string, access: 'read'): void {
  project.github!.tryFindWorkflow(workflow)!.file!.addOverride(`jobs.${job}.permissions.${what}`, access);
}

/** Says beside each commit which version it is: YAML files of projen have no comments. */
class VersionComments extends Component {
  constructor(project: Project, private readonly workflows: readonly github.GithubWorkflow[]) {
    super(project);
  }

  public override postSynthesize(): void {
    for (const { file } of this.workflows) {
      const text = readFileSync(file!.absolutePath, 'utf8');
      const commented = ACTIONS.reduce((all, [action, version, commit]) => all.replaceAll(`uses: ${action}@${commit}\n`, `uses: ${action}@${commit} # ${version}\n`), text);
      writeFile(file!.absolutePath, commented, { readonly: true });
    }
  }
}
