import { argumentFault, filters } from './filters.ts';
import { scanPath, scanToken, type Token } from './scan-tokens.ts';
import {
  type CompareOperator,
  compareOperators,
  type Expression,
  type LoopMember,
  loopMembers,
  type Root,
  roots,
} from './template-tree.ts';
import type { UsesDraft } from './template-uses.ts';

export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** Names that mean something in an expression, which no loop variable may have. */
const reservedWords: ReadonlySet<string> = new Set([
  ...roots,
  ...compareOperators,
  ...['and', 'or', 'not', 'true', 'false', 'null', 'loop', 'if', 'else', 'elseif', 'for', 'end', 'comment'],
  ...['lb', 'rb', 'now', 'unsubscribe', 'globalunsubscribe', 'subscription_field', 'raw'],
]);

/** Open parentheses and `not`. */
const MAX_DEPTH = 32;
const MAX_OPERANDS = 1_000;
const NOTHING: Expression = { kind: 'literal', value: null };

/**
 * Reads what stands between the braces of one form, from `at` on. The first fault ends it: then `fault` is set and
 * what has been returned is of no use.
 */
export class ExpressionReader {
  readonly #source: string;
  /** Loop variables that are open, by slot. */
  readonly #locals: readonly string[];
  readonly #isInLoop: boolean;
  readonly #uses: UsesDraft;
  #at: number;
  #depth = 0;
  #fault: Fault | undefined;

  constructor(source: string, at: number, locals: readonly string[], isInLoop: boolean, uses: UsesDraft) {
    this.#source = source;
    this.#at = at;
    this.#locals = locals;
    this.#isInLoop = isInLoop;
    this.#uses = uses;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** A value with filters and the closing brace. `raw`, which only a printed value can have, is told apart. */
  readPrinted(formFrom: number): { value: Expression; isRaw: boolean; to: number } {
    const first = this.#peek();
    // A variable's fault is shown at its brace, with all of the form that went well.
    const path = first.kind === 'fault' ? scanPath(this.#source, first.from) : first;
    if (path.kind === 'fault') this.#fail(formFrom, `{${path.message}`);
    const base = this.#readPrimary();
    let isRaw = false;
    const value = this.#readFilters(base, () => {
      isRaw = true;
    });
    const end = this.#peek();
    if (end.kind === 'end')
      this.#fail(formFrom, `${this.#shownForm(formFrom)}: expected } before the end of the template`);
    else if (end.kind !== '}')
      this.#fail(end.from, `expected } or | and a filter, found ${this.#shown(end)}`);
    return { value, isRaw, to: end.to };
  }

  /** A condition and the closing brace. */
  readCondition(): { value: Expression; to: number } {
    const value = this.#readLogic();
    return { value, to: this.#readClosing('} or an operator') };
  }

  /** `item in list}` or `key value in list}`. */
  readLoop(): { names: string[]; list: Expression; to: number } {
    const names: string[] = [];
    for (let token = this.#next(); ; token = this.#next()) {
      if (token.kind !== 'word' || token.path.length > 1) {
        this.#fail(token.from, 'expected {for item in list} or {for key value in object}');
        break;
      }
      const name = token.path[0] ?? '';
      if (name === 'in' && names.length > 0) break;
      if (names.length === 2) this.#fail(token.from, 'expected in and a list behind two names');
      else if (reservedWords.has(name))
        this.#fail(token.from, `${name} means something else: choose another name`);
      else if (this.#locals.includes(name) || names.includes(name)) {
        this.#fail(token.from, `${name} is a loop variable here already`);
      }
      if (this.#fault !== undefined) break;
      names.push(name);
    }
    const list = this.#readFilters(this.#readPrimary());
    return { names, list, to: this.#readClosing('} or | and a filter') };
  }

  #readClosing(expected: string): number {
    const token = this.#peek();
    if (token.kind !== '}') this.#fail(token.from, `expected ${expected}, found ${this.#shown(token)}`);
    return token.to;
  }

  #readLogic(): Expression {
    const first = this.#readUnary();
    const word = this.#peekWord();
    if (word !== 'and' && word !== 'or') return first;
    const operands = [first];
    for (let next = this.#peekWord(); next === 'and' || next === 'or'; next = this.#peekWord()) {
      const token = this.#next();
      if (next !== word) {
        return this.#fail(token.from, 'and beside or: put parentheses around what belongs together');
      }
      if (operands.length === MAX_OPERANDS)
        return this.#fail(token.from, `more than ${MAX_OPERANDS} conditions`);
      operands.push(this.#readUnary());
    }
    return { kind: word, operands };
  }

  #readUnary(): Expression {
    if (this.#peekWord() !== 'not') return this.#readComparison();
    const token = this.#next();
    return this.#deeper(token, () => ({ kind: 'not', operand: this.#readUnary() }));
  }

  #readComparison(): Expression {
    const left = this.#readFilters(this.#readPrimary());
    const operator = compareOperators.find((word) => word === this.#peekWord());
    if (operator === undefined) return left;
    this.#next();
    return { kind: 'compare', operator, left, right: this.#readRight(operator) };
  }

  #readRight(operator: CompareOperator): Expression {
    const right = operator === 'in' && this.#peek().kind === '(' ? this.#readList() : this.#readPrimary();
    return this.#readFilters(right);
  }

  /** Behind `in`: `("a" "b")` is a list; a path alone in parentheses is what it leads to. */
  #readList(): Expression {
    const opening = this.#next();
    const elements: Expression[] = [];
    return this.#deeper(opening, () => {
      while (this.#fault === undefined && this.#peek().kind !== ')') {
        if (elements.length === MAX_OPERANDS) this.#fail(opening.from, `more than ${MAX_OPERANDS} values`);
        elements.push(this.#readFilters(this.#readPrimary()));
      }
      this.#next();
      const [only] = elements;
      if (only === undefined) return this.#fail(opening.from, 'expected values in the parentheses');
      return elements.length === 1 && only.kind !== 'literal' ? only : { kind: 'list', elements };
    });
  }

  #readFilters(base: Expression, onRaw?: () => void): Expression {
    let value = base;
    let isRaw = false;
    for (let count = 0; this.#fault === undefined && this.#peek().kind === '|'; count += 1) {
      const bar = this.#next();
      const token = this.#next();
      const name = token.kind === 'word' && token.path.length === 1 ? (token.path[0] ?? '') : undefined;
      if (name === undefined)
        return this.#fail(token.from, `expected a filter behind |, found ${this.#shown(token)}`);
      if (isRaw) return this.#fail(bar.from, 'raw must be the last filter');
      if (count === MAX_DEPTH) return this.#fail(bar.from, `more than ${MAX_DEPTH} filters`);
      if (name === 'raw') {
        if (onRaw === undefined) return this.#fail(token.from, 'raw works only where a value is printed');
        onRaw();
        isRaw = true;
        continue;
      }
      value = this.#readFilter(token, name, value);
    }
    return value;
  }

  #readFilter(token: Token, name: string, input: Expression): Expression {
    const filter = filters.get(name);
    if (filter === undefined) {
      return this.#fail(
        token.from,
        `there is no filter ${name}; there are ${[...filters.keys(), 'raw'].join(', ')}`,
      );
    }
    const args: Expression[] = [];
    while (args.length < filter.args.length && this.#startsValue()) args.push(this.#readPrimary());
    const fault = argumentFault(name, filter, args);
    if (fault !== undefined) return this.#fail(token.from, fault);
    this.#uses.filters = true;
    return { kind: 'filter', name, input, args };
  }

  #startsValue(): boolean {
    const token = this.#peek();
    // A faulty one is told of by whoever reads it.
    if (token.kind === 'text' || token.kind === 'number' || token.kind === 'fault') return true;
    if (token.kind !== 'word') return false;
    const word = token.path[0] ?? '';
    const isOperator = compareOperators.some((operator) => operator === word);
    return !isOperator && word !== 'and' && word !== 'or' && word !== 'not';
  }

  #readPrimary(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case 'text':
      case 'number':
        return { kind: 'literal', value: token.value };
      case '(':
        return this.#deeper(token, () => {
          const inner = this.#readLogic();
          const closing = this.#next();
          if (closing.kind === ')') return inner;
          return this.#fail(closing.from, `expected ), found ${this.#shown(closing)}`);
        });
      case 'word':
        return this.#readWord(token.from, token.path);
      default:
        return this.#fail(token.from, `expected a value, found ${this.#shown(token)}`);
    }
  }

  #readWord(from: number, [first = '', ...path]: readonly string[]): Expression {
    const slot = this.#locals.indexOf(first);
    if (slot !== -1) return { kind: 'local', slot, path };
    const root = roots.find((name) => name === first);
    if (root !== undefined) return this.#member(root, path);
    if (first === 'loop' && this.#isInLoop) return this.#loopMember(from, path);
    if (path.length === 0) {
      if (first === 'true' || first === 'false') return { kind: 'literal', value: first === 'true' };
      if (first === 'now' || first === 'unsubscribe' || first === 'globalunsubscribe') {
        this.#uses[first] = true;
        return { kind: 'call', name: first, args: [] };
      }
      if (this.#peek().kind === '(') return this.#readCall(from, first);
    }
    const known = [...roots.map((name) => `${name}.`), ...this.#locals].join(', ');
    return this.#fail(from, `unknown name ${first}: expected ${known}, a number or a text in "quotes"`);
  }

  #member(root: Root, path: readonly string[]): Expression {
    this.#uses[root] = true;
    return { kind: 'member', root, path };
  }

  #loopMember(from: number, path: readonly string[]): Expression {
    const member: LoopMember | undefined = loopMembers.find((name) => name === path[0]);
    if (member !== undefined && path.length === 1) return { kind: 'loop', member };
    return this.#fail(from, `expected loop.${loopMembers.join(', loop.')}`);
  }

  #readCall(from: number, name: string): Expression {
    if (name !== 'subscription_field') {
      return this.#fail(from, `there is no function ${name}; there is subscription_field`);
    }
    this.#next();
    const args: Expression[] = [];
    while (args.length < 3 && this.#startsValue()) args.push(this.#readPrimary());
    const closing = this.#next();
    if (closing.kind !== ')' || args.length < 2) {
      return this.#fail(from, `expected ${name}("channel" "field") or ${name}("channel" "field" resource)`);
    }
    this.#uses.subscriptions = true;
    return { kind: 'call', name, args };
  }

  #deeper(token: Token, read: () => Expression): Expression {
    if (this.#depth === MAX_DEPTH)
      return this.#fail(token.from, `nested deeper than ${MAX_DEPTH} parentheses`);
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** After the first fault there is only the end, which every loop stops at. */
  #peek(): Token {
    const end = this.#source.length;
    return this.#fault === undefined
      ? scanToken(this.#source, this.#at)
      : { kind: 'end', from: end, to: end };
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind === 'fault') this.#fail(token.from, token.message);
    this.#at = token.to;
    return token;
  }

  #peekWord(): string {
    const token = this.#peek();
    return token.kind === 'word' && token.path.length === 1 ? (token.path[0] ?? '') : '';
  }

  #fail(offset: number, message: string): Expression {
    this.#fault ??= { offset, message };
    return NOTHING;
  }

  #shownForm(from: number): string {
    return this.#source.slice(from, from + 60).trimEnd();
  }

  #shown(token: Token): string {
    if (token.kind === 'end') return 'the end of the template';
    const text = this.#source.slice(token.from, Math.max(token.to, token.from + 1));
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }
}
