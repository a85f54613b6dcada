import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

// The names of the contract and of the ledger's rows that have been deployed. The lists may only grow.

const FORMATS = ['src/private/contract.ts', 'lambda/ledger/rows.ts', 'lambda/ledger/user-record.ts'].map((file) => path.join(__dirname, '..', '..', file));
const FILE = path.join(__dirname, 'frozen.json');

export interface Frozen {
  /** The SHA-256 of each file of fixtures. */
  readonly fixtures: Readonly<Record<string, string>>;
  readonly constants: object;
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Members, as `Interface.member`, that are neither written nor read any more. Older rows have them, so their names are not used again. */
  readonly retired: readonly string[];
}

export function frozen(): Frozen {
  return JSON.parse(fs.readFileSync(FILE, 'utf8'));
}

/** `Name?: 'A' | 'B'` for every member of every interface. It has the type only if that is a list of strings. */
export function membersOf(): Record<string, string[]> {
  return Object.assign({}, ...FORMATS.map(membersIn));
}

function membersIn(file: string): Record<string, string[]> {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const isText = (type: ts.TypeNode) => ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal);
  return Object.fromEntries(source.statements.filter(ts.isInterfaceDeclaration).map(({ name, members }) => [
    name.text,
    members.filter(ts.isPropertySignature).flatMap((member) => {
      const signature = `${member.name.getText()}${member.questionToken ? '?' : ''}`;
      const types = member.type && ts.isUnionTypeNode(member.type) ? [...member.type.types] : [member.type!];
      return [signature, ...types.filter(isText).map((type) => `${signature} ${type.getText()}`)];
    }),
  ]));
}

/** Required members that an interface did not have when it was frozen. Deployed stacks do not send them. */
export function requiredSince(): string[] {
  const { BulkWorkspacesAttributes: _, ...members } = membersOf(); // every attribute is always present
  const { members: before } = frozen();
  const isNew = (name: string, each: string) => before[name] && !before[name].includes(each) && !/[? ]/.test(each);
  return Object.entries(members).flatMap(([name, all]) => all.filter((each) => isNew(name, each)).map((each) => `${name}.${each}`));
}

/** Adds a file of fixtures, and the members that exist now. It removes nothing. */
export function freeze(file: string, sha256: string): void {
  const { fixtures, members: before, ...others } = frozen();
  const grown = ([name, all]: [string, readonly string[]]) => [name, [...new Set([...before[name] ?? [], ...all])]];
  const members = Object.fromEntries(Object.entries({ ...before, ...membersOf() }).map(grown));
  fs.writeFileSync(FILE, `${JSON.stringify({ fixtures: { ...fixtures, [file]: sha256 }, ...others, members }, undefined, 2)}\n`);
}
