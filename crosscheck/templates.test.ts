import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version as NEWEST } from 'aws-cdk-lib-newest/package.json';
import { runJest } from './run-jest';
import { rowsOf } from './table';
import { environment, PROJECT, script, TEMPLATES_VARIABLE, tool } from './tools';

const expected = rowsOf(readFileSync(join(__dirname, 'template-findings.md'), 'utf8'), 'by', 'rule', 'about', 'why');
const folder = mkdtempSync(join(tmpdir(), 'templates-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Collects all templates of the construct's tests and the example, made with the newest aws-cdk-lib, whose validator checks each one. */
beforeAll(async () => {
  const { failures } = await runJest('templates.jest.json', folder, { [TEMPLATES_VARIABLE]: folder, CDK_UNDER_TEST: NEWEST });
  if (failures.length > 0) throw new Error(`the construct's tests fail: ${failures.join('\n')}`);

  const CDK_OUTDIR = join(folder, 'example');
  const NODE_OPTIONS = `--require ${join(PROJECT, 'test', 'e2e', 'newest-cdk.cjs')}`;
  const args = [require.resolve('tsx/cli'), '--tsconfig', 'tsconfig.development.json', 'examples/sales.ts'];
  execFileSync(process.execPath, args, { cwd: PROJECT, env: environment({ CDK_OUTDIR, NODE_OPTIONS }), stdio: 'pipe' });
  copyFileSync(join(CDK_OUTDIR, 'Sales.template.json'), join(folder, 'templates', 'example.json'));
  copyFileSync(join(CDK_OUTDIR, 'validation-report.json'), join(folder, 'reports', 'example.json'));
}, 300_000);

interface Finding { readonly rule: string; readonly message: string; readonly template: string }

/** Findings that the table does not list, and rows of the table without a finding. */
function unexplained(by: string, findings: readonly Finding[]): string[] {
  const rows = expected.filter((row) => row.by === by);
  const rowOf = ({ rule, message }: Finding) => rows.find((row) => row.rule === rule && (row.about === 'any' || message.includes(row.about)));
  return [
    ...findings.filter((finding) => !rowOf(finding)).map(({ rule, message, template }) => `${rule}: ${message} (${readFileSync(join(folder, template), 'utf8').slice(0, 2_000)})`),
    ...rows.filter((row) => !findings.some((finding) => rowOf(finding) === row)).map((row) => `not found any more: ${row.rule}, ${row.about}`),
  ];
}

test('cfn-lint finds nothing in any template but what is listed', () => {
  const output = execFileSync(tool('python'), [script('lint_templates.py'), join(folder, 'templates')], { env: environment({}), encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 });
  const { templates, found } = JSON.parse(output) as { templates: number; found: Finding[] };
  expect(templates).toBe(readdirSync(join(folder, 'templates')).length);
  expect(templates).toBeGreaterThan(50);
  expect(unexplained('cfn-lint', found.map((each) => ({ ...each, template: join('templates', each.template) })))).toEqual([]);
}, 300_000);

interface Report {
  readonly pluginReports: readonly { readonly violations?: readonly { readonly ruleName: string; readonly description: string }[] }[];
}

test("aws-cdk-lib's own validator finds nothing but what is listed", () => {
  const reports = readdirSync(join(folder, 'reports'));
  expect(reports.length).toBeGreaterThan(50);
  const found = reports.flatMap((name) => {
    const { pluginReports } = JSON.parse(readFileSync(join(folder, 'reports', name), 'utf8')) as Report;
    return pluginReports.flatMap(({ violations = [] }) => violations.map(({ ruleName, description }) => (
      { rule: ruleName, message: description, template: join('reports', name) }
    )));
  });
  expect(unexplained('aws-cdk-lib', found)).toEqual([]);
});
