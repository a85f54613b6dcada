import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { TEMPLATES_VARIABLE } from './tools';

const folder = process.env[TEMPLATES_VARIABLE];
if (!folder) throw new Error(`${TEMPLATES_VARIABLE} must be a folder; templates.test.ts sets it`);
for (const name of ['templates', 'reports']) mkdirSync(join(folder, name), { recursive: true });

// Every test that synthesizes calls this.
const synth = Stage.prototype.synth;
Stage.prototype.synth = function (options) {
  const assembly = synth.call(this, options);
  for (const { template } of assembly.stacksRecursively) {
    writeFileSync(join(folder, 'templates', `${hash(JSON.stringify(outline(template)))}.json`), JSON.stringify(template, undefined, 1));
  }
  const report = join(assembly.directory, 'validation-report.json');
  if (existsSync(report)) copyFileSync(report, join(folder, 'reports', `${hash(assembly.directory)}.json`));
  return assembly;
};

/** A template without the texts of custom resources, which no linter checks. If templates differ only in these, one is enough. */
function outline(template: any): unknown {
  const resources = Object.entries<any>(template.Resources ?? {}).map(([id, resource]) => (
    [id, resource.Type.startsWith('Custom::') ? { ...resource, Properties: withoutTexts(resource.Properties) } : resource]
  ));
  return { ...template, Resources: Object.fromEntries(resources) };
}

function withoutTexts(value: any): unknown {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [...new Set(value.map((each) => JSON.stringify(withoutTexts(each))))];
  const isFunction = Object.keys(value).some((name) => name === 'Ref' || name.startsWith('Fn::'));
  return isFunction ? value : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutTexts(each)]));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
