import { awscdk, javascript, JsonFile, ReleasableCommits } from 'projen';
import { addIssueForms, PULL_REQUEST_TEMPLATE } from './projenrc/forms';
import { BUILD_WORKFLOW, GITHUB, hardenWorkflows } from './projenrc/workflows';

/** The lowest aws-cdk-lib that users may have: `kms.IKeyRef`, `logs.ILogGroupRef` and nodejs24.x as a known runtime. */
const CDK_FLOOR = '2.257.0';
/** The newest one; the construct's tests run against both. */
const CDK_NEWEST = '2.276.0';

const REPOSITORY = 'https://github.com/cdk-bulk-workspaces/cdk-bulk-workspaces';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-bulk-workspaces',
  description: 'Give many people an Amazon WorkSpaces desktop from the AWS CDK: created in batches, polled until they exist, their ids as outputs.',
  author: 'The cdk-bulk-workspaces authors',
  authorAddress: 'cdk-bulk-workspaces@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: `${REPOSITORY}.git`,
  homepage: `${REPOSITORY}#readme`,
  bugsUrl: `${REPOSITORY}/issues`,
  keywords: ['aws', 'cdk', 'workspaces', 'vdi', 'desktop', 'custom-resource', 'kms'],
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-bulk-workspaces authors',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,

  cdkVersion: CDK_FLOOR,
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0', // 7.x has no compiler API for jsii and ts-jest
  minNodeVersion: '20.19.0',
  workflowNodeVersion: '24',

  lambdaAutoDiscover: false, // the handler is lambda/provider.ts, bundled below
  bundledDeps: ['csv-parse@^7.0.0'],
  devDeps: [
    `aws-cdk-lib-newest@npm:aws-cdk-lib@${CDK_NEWEST}`,
    'aws-cdk@2.1148.1', // the registry's `latest` tag points to a stray 3.0.0
    '@types/aws-lambda',
    '@aws-sdk/client-cloudformation@^3.1048.0',
    '@aws-sdk/client-dynamodb@^3.1048.0',
    '@aws-sdk/client-kms@^3.1048.0',
    '@aws-sdk/client-lambda@^3.1048.0',
    '@aws-sdk/client-resource-groups-tagging-api@^3.1048.0',
    '@aws-sdk/client-s3@^3.1048.0',
    '@aws-sdk/client-sfn@^3.1048.0',
    '@aws-sdk/client-workspaces@^3.1048.0',
    '@aws-sdk/util-dynamodb@^3.0.0',
    'commander@^14.0.0', // 15 needs Node 22
    'fast-check@^4.0.0',
    'jsii-rosetta@~6.0.0',
    'listr2@^9.0.0', // 10 needs Node 22
    'tsx@^4.0.0',
    'yaml@^2.0.0',
    'vega@^6.0.0', // draws the plots of bench/; vega-lite needs Node 22
  ],

  eslintOptions: {
    commandOptions: { fix: false }, // a test run must not edit what it tests
    dirs: ['src', 'lambda', 'local', 'demo', 'examples', 'crosscheck', 'bench'],
    devdirs: ['test', 'lambda', 'local', 'demo', 'examples', 'crosscheck', 'bench'],
    fileExtensions: ['.ts'],
  },
  jestOptions: {
    passWithNoTests: false,
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      moduleNameMapper: { '^cdk-bulk-workspaces$': '<rootDir>/src' },
      // No measure of anything, only an end to what hangs: tests that try a fault at every call take a minute and more, next to other work.
      testTimeout: 300_000,
      // Jest leaves one core to its watcher; of two cores that is half of the time. Old workers are slow.
      maxWorkers: '100%',
      workerIdleMemoryLimit: '1GB',
      collectCoverage: false,
    },
    junitReporting: false,
  },
  gitignore: ['/.demo/', '/.bench/', '/.crosscheck/', 'cdk.out/', '*.tgz', '.jsii.tabl.json'],
  releasableCommits: ReleasableCommits.featuresAndFixes(),
  npmTrustedPublishing: true,
  depsUpgradeOptions: { cooldown: 5 },
  githubOptions: GITHUB,
  buildWorkflowOptions: BUILD_WORKFLOW,
  pullRequestTemplateContents: PULL_REQUEST_TEMPLATE,
});

hardenWorkflows(project);
addIssueForms(project, REPOSITORY);

// The local cloud is a private npm workspace: what only it needs never reaches those who install the library.
project.package.addField('workspaces', ['local']);

// unrs-resolver 1.13 lists platform packages that not every registry has, and `npm ci` then stops on a fresh clone.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// ---- handler: lambda/provider.ts -> assets/lambda/provider/index.js, with its SDK clients inside

const handlerTsconfig = new javascript.TypescriptConfig(project, {
  fileName: 'lambda/tsconfig.json',
  include: ['**/*.ts'],
  compilerOptions: { noEmit: true, rootDir: '..' },
});
handlerTsconfig.addExtends(project.tsconfig!);

/** What the bundle is made of. In a folder that neither git nor the package has. */
const METAFILE = 'node_modules/.cache/provider.metafile.json';

const bundle = project.bundler.addBundle('lambda/provider.ts', {
  platform: 'node',
  target: 'node22',
  tsconfigPath: handlerTsconfig.fileName,
  // ESM entry points let esbuild leave out what is not used.
  esbuildArgs: { '--main-fields': 'module,main', '--legal-comments': 'eof', '--metafile': METAFILE },
});
bundle.bundleTask.exec(`node scripts/third-party-notices.js ${METAFILE} assets/lambda/provider/THIRD-PARTY-NOTICES`);

// ---- development code: the local cloud, the demo, the examples, and the tests

const developmentTsconfig = new javascript.TypescriptConfig(project, {
  fileName: 'tsconfig.development.json',
  include: ['local/**/*.ts', 'demo/**/*.ts', 'examples/**/*.ts', 'test/**/*.ts', 'crosscheck/**/*.ts', 'bench/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
  exclude: ['node_modules', '**/cdk.out'],
  compilerOptions: {
    noEmit: true,
    rootDir: '.',
    paths: { 'cdk-bulk-workspaces': ['./src'] },
  },
});
developmentTsconfig.addExtends(project.tsconfig!);

/** Folders whose files must not import each other in a circle, be it only for types. */
const WITHOUT_CIRCLES = [
  'src',
  'local',
  'lambda',
];

const typecheck = project.addTask('typecheck', {
  description: 'Check the types of the handler, the local cloud, the demo, the examples and the tests (bundling and jest do not), and that no imports go in a circle',
  steps: [
    { exec: `tsc --noEmit -p ${handlerTsconfig.fileName}` },
    { exec: `tsc --noEmit -p ${developmentTsconfig.fileName}` },
    { exec: `node scripts/check-imports.js ${WITHOUT_CIRCLES.join(' ')}` }, // `import/no-cycle` does not see imports of types
  ],
});

new JsonFile(project, 'cdk.json', {
  obj: { app: 'tsx --tsconfig tsconfig.development.json examples/sales.ts', output: 'cdk.out' },
});

// ---- tasks

project.compileTask.prependExec(`tsc --noEmit -p ${handlerTsconfig.fileName}`);

project.addTask('docs', {
  description: 'Compile every code block of README.md, of docs/ and of the docstrings, and refuse an API.md with undocumented rows',
  steps: [
    { exec: 'jsii-rosetta extract --strict .jsii' },
    { exec: 'node scripts/check-code-blocks.js docs/*.md' },
    { exec: 'node scripts/check-api-docs.js' },
  ],
});
project.postCompileTask.spawn(project.tasks.tryFind('docs')!);

const testNewest = project.addTask('test:newest-cdk', {
  description: `The construct's tests against aws-cdk-lib ${CDK_NEWEST} (all other runs use ${CDK_FLOOR})`,
  env: { CDK_UNDER_TEST: CDK_NEWEST },
  steps: [{ exec: 'jest --ci --passWithNoTests=false --config test/newest-cdk.jest.json' }],
});

new JsonFile(project, 'test/newest-cdk.jest.json', {
  obj: {
    rootDir: '..',
    testMatch: ['<rootDir>/test/*.test.ts'],
    testTimeout: 300_000,
    maxWorkers: '100%',
    transform: { '^.+\\.[t]sx?$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
    moduleNameMapper: {
      '^cdk-bulk-workspaces$': '<rootDir>/src',
      '^aws-cdk-lib$': 'aws-cdk-lib-newest',
      '^aws-cdk-lib/(.*)$': 'aws-cdk-lib-newest/$1',
    },
  },
});

const testExhaustive = project.addTask('test:exhaustive', {
  description: 'What takes too long for every run: *.exhaustive.ts, of which npm test tries a part, or tries it with less of the real thing',
  steps: [{ exec: 'jest --ci --passWithNoTests=false --config test/exhaustive.jest.json', receiveArgs: true }],
});
testExhaustive.prependSpawn(bundle.bundleTask);

new JsonFile(project, 'test/exhaustive.jest.json', {
  obj: {
    rootDir: '..',
    testMatch: ['<rootDir>/test/**/*.exhaustive.ts'],
    testTimeout: 300_000,
    maxWorkers: '100%',
    workerIdleMemoryLimit: '1GB',
    clearMocks: true,
    transform: { '^.+\\.[t]sx?$': ['ts-jest', { tsconfig: 'test/tsconfig.json' }] },
    moduleNameMapper: { '^cdk-bulk-workspaces$': '<rootDir>/src' },
  },
});

// The constructs read the bundle when they are synthesized, so whatever runs them makes it first: a fresh clone has none.
// What is quick and fails often comes first: whoever wrote a line too long learns it before the tests, not after.
const eslint = project.eslint!.eslintTask;
project.testTask.removeStep(project.testTask.steps.findIndex((step) => step.spawn === eslint.name));
project.testTask.prependSpawn(eslint);
project.testTask.prependSpawn(typecheck);
project.testTask.prependSpawn(bundle.bundleTask);
project.testTask.spawn(testNewest);

project.addTask('crosscheck', {
  description: 'Hold the local cloud against botocore, moto, cfn-lint and the aws CLI, which this installs; needs Python 3.11 or newer',
  steps: [{ spawn: bundle.bundleTask.name }, { exec: 'sh scripts/crosscheck.sh', receiveArgs: true }],
});

// Whoever runs the tests or the demo on Node 20 has been told by `engines` what is supported.
project.tasks.addEnvironment('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');

// Not tasks: projen would turn the exit code 2 of a bad option into 1. The demo makes the bundle itself.
project.package.setScript('demo', 'tsx --tsconfig tsconfig.development.json demo/main.ts');
project.package.setScript('local', 'tsx --tsconfig tsconfig.development.json local/cli/main.ts');
project.package.setScript('bench', 'tsx --tsconfig tsconfig.development.json bench/main.ts');
project.package.setScript('chaos', 'tsx --tsconfig tsconfig.development.json test/chaos/main.ts');

// ---- what is published: lib/, assets/, .jsii, API.md, README.md

for (const path of ['/.demo/', '/.bench/', 'cdk.out/', '.jsii.tabl.json', '/lambda/', '/local/', '/bench/', '/crosscheck/', '/.crosscheck/', '/demo/', '/examples/', '/docs/', '/scripts/', '/rosetta/', '/.ci/', '/CONTRIBUTING.md', '/SECURITY.md', '/cdk.json', '/tsconfig.development.json']) {
  project.addPackageIgnore(path);
}

// ---- import directions

// The examples import the library by its name.
project.eslint!.config.settings['import/resolver'].typescript.project = 'tsconfig.development.json';

// The language service that the parser would start knows only the configurations named tsconfig.json.
project.eslint!.config.parserOptions = {
  ecmaVersion: 2022,
  sourceType: 'module',
  project: ['./tsconfig.json', './lambda/tsconfig.json', './tsconfig.development.json'],
};

/** The rooms of the handler, from the top down: each may import only from those below it (docs/architecture.md). */
const ROOMS = ['entries', 'reconcile', 'act', 'decide', 'ledger', 'aws', 'request', 'core'];
const zonesOfRooms = ROOMS.flatMap((room, i) => ['provider.ts', ...ROOMS.slice(0, i)].map((above) => (
  { target: `./lambda/${room}`, from: `./lambda/${above}`, message: `lambda/${room} must not import from ${above}, which is above it: see docs/architecture.md` }
)));

project.eslint!.addRules({
  'import/no-restricted-paths': ['error', {
    zones: [
      { target: './src', from: './lambda', message: 'a construct must not import handler code' },
      { target: './src', from: './local', message: 'a construct must not import the local cloud' },
      { target: './lambda', from: './src', except: ['./private/contract.ts'], message: 'the handler may import only src/private/contract' },
      { target: './lambda', from: './local', message: 'the handler must not know the local cloud' },
      { target: './local', from: './src', message: 'the local cloud sees only a cloud assembly and HTTP' },
      { target: './local', from: './lambda', message: 'the local cloud sees only a cloud assembly and HTTP' },
      ...zonesOfRooms,
    ],
  }],
  'no-restricted-syntax': ['error', { selector: 'TSImportType', message: 'import the type by a statement: import/no-restricted-paths does not see import() in types' }],
});
project.eslint!.addOverride({
  files: ['lambda/**/*.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'cdk-bulk-workspaces'] }] },
});
project.eslint!.addOverride({
  files: ['src/**/*.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns: ['@aws-sdk/*'] }] },
});
project.eslint!.addOverride({
  files: ['local/**/*.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'cdk-bulk-workspaces'] }] },
});

project.synth();
