import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

// The names of the contract that have been deployed once: the list only ever grows.

const CONTRACT = path.join(__dirname, '..', '..', 'src', 'private', 'contract.ts');
const FILE = path.join(__dirname, 'names.json');

export interface Names {
  readonly constants: object;
  readonly members: Readonly<Record<string, readonly string[]>>;
}

export function frozenNames(): Names {
  return JSON.parse(fs.readFileSync(FILE, 'utf8'));
}

/** `Name?: 'A' | 'B'` of every member of every interface of the contract, with its type only where that is a list of texts. */
export function membersOf(): Record<string, string[]> {
  const source = ts.createSourceFile(CONTRACT, fs.readFileSync(CONTRACT, 'utf8'), ts.ScriptTarget.Latest, true);
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

/** Adds the members that the contract has now; takes none away. */
export function addNames(): void {
  const { constants, members: before } = frozenNames();
  const grown = ([name, all]: [string, readonly string[]]) => [name, [...new Set([...before[name] ?? [], ...all])]];
  const members = Object.fromEntries(Object.entries({ ...before, ...membersOf() }).map(grown));
  fs.writeFileSync(FILE, `${JSON.stringify({ constants, members }, undefined, 2)}\n`);
}
