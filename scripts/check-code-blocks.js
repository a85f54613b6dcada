// Fails when a block of TypeScript in a document does not compile against src/. Blocks are read as jsii-rosetta reads those of the README: a block
// is put into rosetta/default.ts-fixture, `ts fixture=name` takes rosetta/name.ts-fixture instead, and `ts nofixture` is a file of its own.
//
//   node scripts/check-code-blocks.js <document>...
const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const ROOT = path.join(__dirname, '..');
const FIXTURES = path.join(ROOT, 'rosetta');
const CONFIGURATION = path.join(ROOT, 'tsconfig.development.json');
const HERE = '/// here';
/** "Modifiers cannot appear here": `declare const fleet: BulkWorkspaces;` says in a block what was made before it. */
const DECLARED_IN_A_BLOCK = 1184;

/** What cannot be checked: a block that names no fixture that there is, or a document without an end of its block. */
class Unreadable extends Error {}

const documents = process.argv.slice(2);
try {
  const blocks = documents.flatMap(blocksOf);
  if (blocks.length === 0) throw new Unreadable(`there is no block of TypeScript in ${documents.join(', ') || 'no document: name one'}`);
  const problems = problemsOf(blocks.map(filled));
  if (problems.length > 0) {
    console.error(`Blocks of TypeScript that do not compile:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    process.exitCode = 1;
  } else {
    console.log(`${documents.length} documents: ${blocks.length} blocks of TypeScript compile`);
  }
} catch (error) {
  if (!(error instanceof Unreadable)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** The blocks of a document, in lists too, with the line of the document on which their text begins. */
function blocksOf(document) {
  const lines = fs.readFileSync(document, 'utf8').split('\n');
  const blocks = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent, fence, language, parameters] = /^(\s*)(```+)\s*(\w*)\s*(.*)$/.exec(lines[i]) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, j) => j > i && line.trim() === fence);
    if (end < 0) throw new Unreadable(`${document}:${i + 1}: this block has no end`);
    if (language === 'ts' || language === 'typescript') {
      const text = lines.slice(i + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
      blocks.push({ document, line: i + 2, parameters: parameters.split(/\s+/), text, indent: indent.length });
    }
    i = end;
  }
  return blocks;
}

/** With what the block is compiled in, and how many lines of that come before it. */
function filled(block) {
  const { document, line, parameters, text } = block;
  if (parameters.includes('nofixture')) return { ...block, source: text.join('\n'), before: 0 };
  const name = parameters.map((each) => /^fixture=(.+)$/.exec(each)?.[1]).find(Boolean) ?? 'default';
  const fixture = path.join(FIXTURES, `${name}.ts-fixture`);
  if (!fs.existsSync(fixture)) throw new Unreadable(`${document}:${line - 1}: there is no fixture rosetta/${name}.ts-fixture`);
  const [head, tail] = fs.readFileSync(fixture, 'utf8').split(HERE);
  if (tail === undefined) throw new Unreadable(`rosetta/${name}.ts-fixture has no line "${HERE}"`);
  return { ...block, source: `${head}\n${text.join('\n')}\n${tail}`, before: head.split('\n').length };
}

/** One program for all of them: the library and the CDK are read once. */
function problemsOf(blocks) {
  const { config } = ts.readConfigFile(CONFIGURATION, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT, { noUnusedLocals: false, noUnusedParameters: false, noEmit: true }, CONFIGURATION);
  const host = ts.createCompilerHost(options);
  // Beside the examples, so that their imports are found as in an app of this project.
  const files = new Map(blocks.map((block, i) => [path.join(ROOT, `code-block-${i}.ts`), block]));
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => files.has(path.normalize(file)) || fileExists(file);
  host.readFile = (file) => files.get(path.normalize(file))?.source ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const block = files.get(path.normalize(file));
    // Each is a module, or all would share their names.
    return block ? ts.createSourceFile(file, `${block.source}\nexport {};\n`, version, true) : getSourceFile(file, version, ...rest);
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host });
  return [...files].flatMap(([file, block]) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.filter(({ code }) => code !== DECLARED_IN_A_BLOCK).map(({ start, messageText }) => `${placeOf(source, start, block)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

/** Line and column in the document; of a fixture, the block for which it does not compile. */
function placeOf(source, start, { document, line, before, text, indent }) {
  const at = source.getLineAndCharacterOfPosition(start);
  const own = at.line - before;
  if (own < 0 || own >= text.length) return `${document}:${line - 1} (in its fixture)`;
  return `${document}:${line + own}:${at.character + 1 + indent}`;
}
