import { type Project, YamlFile } from 'projen';

/** The lines of `.github/pull_request_template.md`. */
export const PULL_REQUEST_TEMPLATE = [
  '<!-- The title becomes the commit: a type (feat, fix, docs, ...; see CONTRIBUTING.md), a colon, and what the change does, in the imperative. -->',
  '',
  '**What changes, and why**',
  '',
  'Fixes #',
  '',
  '**How it was tested**',
  '',
  '- [ ] A test fails without the change.',
  '- [ ] `npm cit` passes.',
  '- [ ] `npx projen compile`, `npx projen docgen` and `npx projen docs` have been run, if a prop or its documentation changed.',
  '- [ ] Nothing was taken from the wire format (`src/private/contract.ts`) or the ledger; what was added is in `test/contract`.',
  '- [ ] README.md and docs/ say what is true now.',
];

const NO_SECRETS = '**Never paste a `ResponseURL` or credentials**, not even old ones: whoever has a ResponseURL can answer for the stack while it is valid. '
  + 'Account numbers, user names and ids of desktops may be replaced, each always by the same word.';

/** What is asked of whoever opens an issue. */
export function addIssueForms(project: Project, repository: string): void {
  form(project, 'bug', {
    name: 'Bug',
    description: 'A deployment, a synth, the demo or the local AWS does what it should not',
    labels: ['bug'],
    body: [
      markdown(`Is it about security? Then do not open an issue: [report it privately](${repository}/security/advisories/new).\n\n${NO_SECRETS}`),
      textarea('what', 'What happened, and what should have happened?', { required: true }),
      input('library', 'Version of cdk-bulk-workspaces', { placeholder: 'npm ls cdk-bulk-workspaces' }),
      input('cdk-lib', 'Version of aws-cdk-lib', { placeholder: 'npm ls aws-cdk-lib' }),
      input('cli', 'Version of the cdk CLI', { placeholder: 'npx cdk --version' }),
      dropdown('where', 'Where?', ['cdk synth', 'a deployment to AWS: create', 'a deployment to AWS: update', 'a deployment to AWS: delete', 'a rollback on AWS', 'the demo or the local AWS']),
      textarea('props', 'The props of the construct', {
        description: 'For an update, those before it too. How many users there are is enough; their names are not needed.', render: 'ts', required: true,
      }),
      textarea('reason', 'The reason of the failure', {
        description: 'The whole status reason of the resource `Custom::BulkWorkspaces`, from the events of the stack. Of the demo, what it printed.', render: 'text',
      }),
      textarea('log', 'The lines of the log', {
        description: 'From the log group that the reason names, `(log group: ...)`: the lines in which `message.what` is `failed`, and those of a minute before. '
          + 'Those of the demo are in `.demo/`. Look for ResponseURLs and credentials before you paste.',
        render: 'json',
      }),
      confirmation('secrets', 'There is no ResponseURL and no credential in what I have pasted.'),
    ],
  });
  form(project, 'feature', {
    name: 'Feature',
    description: 'Something that the construct, the demo or the local AWS cannot do yet',
    labels: ['enhancement'],
    body: [
      textarea('need', 'What do you want to get done?', { description: 'For whom, how many desktops, how often.', required: true }),
      textarea('now', 'What do you do today instead?'),
      textarea('how', 'How could it look in an app?', { description: 'The construct with the prop that you would like, if you have one in mind.', render: 'ts' }),
      textarea('api', 'Which part of the WorkSpaces API is it about?', { description: 'A link to the documentation, if there is one. CloudFormation and WorkSpaces set limits that the construct cannot move.' }),
    ],
  });
  new YamlFile(project, '.github/ISSUE_TEMPLATE/config.yml', {
    obj: {
      blank_issues_enabled: false,
      contact_links: [
        { name: 'Security', url: `${repository}/security/advisories/new`, about: 'Report a vulnerability privately. See SECURITY.md for what is in scope.' },
        { name: 'Find out why something failed', url: `${repository}/blob/main/docs/failures.md`, about: 'The reason, what to do, and where the log is.' },
      ],
    },
  });
}

interface Field {
  readonly description?: string;
  readonly required?: boolean;
}

function form(project: Project, name: string, obj: object): void {
  new YamlFile(project, `.github/ISSUE_TEMPLATE/${name}.yml`, { obj });
}

function markdown(value: string): object {
  return { type: 'markdown', attributes: { value } };
}

/** One line that must be there. */
function input(id: string, label: string, { placeholder }: { readonly placeholder: string }): object {
  return { type: 'input', id, attributes: { label, placeholder }, validations: { required: true } };
}

/** @param field `render`: the language that it is shown as */
function textarea(id: string, label: string, field: Field & { readonly render?: string } = {}): object {
  const { description, render, required = false } = field;
  return { type: 'textarea', id, attributes: { label, description, render }, validations: { required } };
}

function dropdown(id: string, label: string, options: readonly string[]): object {
  return { type: 'dropdown', id, attributes: { label, options }, validations: { required: true } };
}

function confirmation(id: string, label: string): object {
  return { type: 'checkboxes', id, attributes: { label: 'Before you send it', options: [{ label, required: true }] } };
}
