import * as ast from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/async';
import { createVirtualFileSystem } from 'typescript/unstable/fs';

/** What the rules of the house ask about one file. */
export interface SourceFacts {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly lines: number;
  /** As they are written, types included; `undefined` for an `import()` of something that is no literal. */
  readonly imports: readonly (string | undefined)[];
  /** Those of them that bring more than types. */
  readonly valueImports: readonly (string | undefined)[];
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[];
  /** Lines that take the environment of the process. */
  readonly environmentLines: readonly number[];
  /** Lines with an `as` that is not `as const`. */
  readonly castLines: readonly number[];
}

const CONFIG = {
  compilerOptions: { noLib: true, noResolve: true, types: [], jsx: 'preserve' },
  include: ['**/*.ts', '**/*.tsx'],
};

function literalText(node: ast.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ast.isLiteralTypeNode(node)) return literalText(node.literal);
  return ast.isStringLiteral(node) || ast.isNoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

/** The module that the node imports, in a list since it may be none and may be unreadable. */
function importOf(node: ast.Node): (string | undefined)[] {
  if (ast.isImportDeclaration(node)) return [literalText(node.moduleSpecifier)];
  if (ast.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? [] : [literalText(node.moduleSpecifier)];
  }
  if (ast.isImportTypeNode(node)) return [literalText(node.argument)];
  if (ast.isCallExpression(node) && node.expression.kind === ast.SyntaxKind.ImportKeyword) {
    return [literalText(node.arguments[0])];
  }
  return [];
}

/** Whether an import is of types alone, as a whole: `import type`, `export type`, `import('…').T`. */
function bringsTypes(node: ast.Node): boolean {
  if (ast.isImportTypeNode(node)) return true;
  if (ast.isImportDeclaration(node)) return node.importClause?.phaseModifier === ast.SyntaxKind.TypeKeyword;
  return ast.isExportDeclaration(node) && node.isTypeOnly;
}

/** `process.env`, and `process` used in any way that could hand it on; other members of it are fine. */
function takesEnvironment(node: ast.Node): boolean {
  if (ast.isImportDeclaration(node)) return /^(node:)?process$/.test(literalText(node.moduleSpecifier) ?? '');
  if (ast.isPropertyAccessExpression(node) && ast.isIdentifier(node.expression)) {
    if (node.expression.text === 'process') return node.name.text === 'env';
    return node.expression.text === 'globalThis' && node.name.text === 'process';
  }
  if (!ast.isIdentifier(node) || node.text !== 'process') return false;
  // As the name of a member or behind the dot it is not the global.
  return !ast.isPropertyAccessExpression(node.parent) && !isDeclaredName(node);
}

function isDeclaredName(node: ast.Node): boolean {
  const { parent } = node;
  const isNamed =
    ast.isPropertyAssignment(parent) ||
    ast.isPropertySignatureDeclaration(parent) ||
    ast.isPropertyDeclaration(parent) ||
    ast.isMethodDeclaration(parent);
  return isNamed && parent.name === node;
}

function isCast(node: ast.Node): boolean {
  if (ast.isTypeAssertion(node)) return true;
  return ast.isAsExpression(node) && node.type.getText() !== 'const';
}

function nameOf(node: ast.Node): string {
  const named = ast.isVariableDeclaration(node.parent) || ast.isPropertyAssignment(node.parent);
  const name = ast.isFunctionDeclaration(node) || ast.isMethodDeclaration(node) ? node.name : undefined;
  return (name ?? (named ? node.parent.name : undefined))?.getText() ?? 'a function without a name';
}

function readFacts(path: string, source: ast.SourceFile): SourceFacts {
  const imports: (string | undefined)[] = [];
  const valueImports: (string | undefined)[] = [];
  const functions: SourceFacts['functions'][number][] = [];
  const environmentLines: number[] = [];
  const castLines: number[] = [];
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ast.Node): void => {
    const line = lineAt(node.getStart(source));
    const named = importOf(node);
    imports.push(...named);
    if (!bringsTypes(node)) valueImports.push(...named);
    if (takesEnvironment(node)) environmentLines.push(line);
    if (isCast(node)) castLines.push(line);
    if (ast.isFunctionLikeDeclaration(node)) {
      functions.push({ name: nameOf(node), line, lines: lineAt(node.getEnd()) - line + 1 });
    }
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  const lines = source.text.split('\n').length - (source.text.endsWith('\n') ? 1 : 0);
  return { path, lines, imports, valueImports, functions, environmentLines, castLines };
}

/**
 * Parses files, given by path relative to the repository, with TypeScript's own parser. Reads nothing from disk. Not
 * by the synchronous variant, whose program complains on standard error now and then when it is closed.
 */
export async function readSourceFacts(files: ReadonlyMap<string, string>): Promise<SourceFacts[]> {
  const root = '/repository';
  const config = `${root}/tsconfig.json`;
  const texts = new Map([...files].map(([path, text]) => [`${root}/${path}`, text]));
  const fs = createVirtualFileSystem({ ...Object.fromEntries(texts), [config]: JSON.stringify(CONFIG) });
  const api = new API({ cwd: root, fs });
  try {
    const [project] = (await api.updateSnapshot({ openProjects: [config] })).getProjects();
    const facts: SourceFacts[] = [];
    for (const path of files.keys()) {
      const source = await project?.program.getSourceFile(`${root}/${path}`);
      if (source === undefined) throw new Error(`${path} could not be parsed`);
      facts.push(readFacts(path, source));
    }
    return facts;
  } finally {
    await api.close();
  }
}
