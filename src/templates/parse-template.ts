import { failure, type Outcome, success } from '../base/index.ts';
import { compileParts, type PrintParts } from './compile-parts.ts';
import { type Form, findCommentEnd, findForm } from './find-forms.ts';
import {
  advanceState,
  describeState,
  joinStates,
  type Landing,
  type LandingState,
  placeIn,
  startState,
  stateAfterValue,
  stateInLoop,
} from './landing-state.ts';
import { ExpressionReader } from './parse-expression.ts';
import type { Expression, Part } from './template-tree.ts';
import { emptyUses, type TemplateUses, usesFrom } from './template-uses.ts';

/** A parsed template, frozen; it may be shared and rendered any number of times. */
export interface Template {
  readonly landing: Landing;
  readonly uses: TemplateUses;
  readonly isFixed: boolean;
  readonly print: PrintParts;
}

/**
 * Both count from 1; columns are UTF-16 units, as editors count them. They point at the opening brace of the form, or at
 * the word inside it that is at fault.
 */
export interface TemplateError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** In characters. */
const MAX_SOURCE_LENGTH = 1_048_576;
/** Beyond these the author has enough to mend. */
const MAX_ERRORS = 20;
const MAX_BLOCKS = 32;

/**
 * Parses a template for where its text goes.
 * @returns the template; or what is wrong with it, in the order of the text, up to 20 faults.
 */
export function parseTemplate(source: string, landing: Landing): Outcome<Template, TemplateError[]> {
  if (source.length > MAX_SOURCE_LENGTH) {
    const message = `a template has at most ${MAX_SOURCE_LENGTH} characters, this one ${source.length}`;
    return failure([{ line: 1, column: 1, message }]);
  }
  const parser = new TemplateParser(source, landing);
  const parts = parser.parse();
  if (parser.faults.length > 0) return failure(locateFaults(source, parser.faults));
  const { uses } = parser;
  return success(
    Object.freeze({
      landing,
      uses: usesFrom(uses),
      isFixed: !Object.values(uses).includes(true),
      print: compileParts(parts),
    }),
  );
}

/** What the template reads of the scope it is rendered with. */
export function usesOf(template: Template): TemplateUses {
  return template.uses;
}

/** Whether it prints the same whatever it is rendered with. */
export function isFixed(template: Template): boolean {
  return template.isFixed;
}

interface TemplateFault {
  readonly offset: number;
  readonly message: string;
}

interface Block {
  readonly kind: 'if' | 'for';
  readonly from: number;
  /** Of what stands around the block. */
  readonly outer: Part[];
  readonly start: LandingState;
  /** Where each branch that is complete ended. */
  readonly ends: LandingState[];
  readonly branches: { condition: Expression; body: readonly Part[] }[];
  /** What the body that is being read belongs to; the list, in a loop. */
  condition: Expression;
  readonly names: readonly string[];
  loopBody: Part[] | undefined;
  hasElse: boolean;
}

class TemplateParser {
  readonly faults: TemplateFault[] = [];
  readonly uses = emptyUses();
  readonly #source: string;
  readonly #blocks: Block[] = [];
  readonly #locals: string[] = [];
  #loops = 0;
  #isMisread = false;
  #state: LandingState;
  #parts: Part[] = [];

  constructor(source: string, landing: Landing) {
    this.#source = source;
    this.#state = startState(landing);
  }

  parse(): readonly Part[] {
    const source = this.#source;
    let at = 0;
    let textFrom = 0;
    while (this.faults.length < MAX_ERRORS) {
      const form = findForm(source, at, this.#locals, this.#loops > 0);
      if (form === undefined) break;
      this.#addText(source.slice(textFrom, form.from));
      const to = this.#readForm(form);
      if (to === undefined) return [];
      at = this.#isMisread ? this.#endOfMisread(form) : to;
      this.#isMisread = false;
      textFrom = at;
    }
    this.#addText(source.slice(textFrom));
    for (const block of this.#blocks.slice(0, MAX_ERRORS)) {
      this.#fail(block.from, `{${block.kind}} has no {end}`);
    }
    return this.#parts;
  }

  /**
   * Behind a form that cannot be read all is text again from its name on, so that a missing brace hides no other fault;
   * but a brace that closes it clearly ends it, lest the quotes in it be taken for those of the text.
   */
  #endOfMisread({ from, bodyFrom }: Form): number {
    const rest = Math.max(bodyFrom, from + 2);
    const close = this.#source.indexOf('}', rest);
    return close === -1 || /[{\n]/.test(this.#source.slice(rest, close)) ? rest : close + 1;
  }

  /** The offset behind the form; undefined when nothing behind it can be understood. */
  #readForm(form: Form): number | undefined {
    switch (form.kind) {
      case 'value':
        return this.#readValue(form);
      case 'if':
        return this.#readIf(form);
      case 'for':
        return this.#readFor(form);
      case 'elseif':
        return this.#readElseIf(form);
      case 'else':
        this.#startElse(form.from);
        return form.bodyFrom + 1;
      case 'end':
        this.#endBlock(form.from);
        return form.bodyFrom + 1;
      case 'brace':
        this.#addText(this.#source.startsWith('lb', form.from + 1) ? '{' : '}');
        return form.bodyFrom + 1;
      case 'comment': {
        const end = findCommentEnd(this.#source, form.bodyFrom + 1);
        if (end === undefined) this.#fail(form.from, '{comment} has no {end}');
        return end;
      }
    }
  }

  #readValue(form: Form): number {
    const reader = this.#reader(form.bodyFrom);
    const { value, isRaw, to } = reader.readPrinted(form.from);
    if (this.#noteFault(reader)) return to;
    const where = placeIn(this.#state, isRaw);
    if ('fault' in where) this.#fail(form.from, where.fault);
    else this.#parts.push({ kind: 'value', value, place: where.place });
    this.#state = stateAfterValue(this.#state);
    return to;
  }

  #readIf(form: Form): number | undefined {
    const { condition, to } = this.#readCondition(form);
    return this.#openBlock('if', form.from, condition, []) ? to : undefined;
  }

  #readFor(form: Form): number | undefined {
    const reader = this.#reader(form.bodyFrom);
    const { names, list, to } = reader.readLoop();
    this.#noteFault(reader);
    if (!this.#openBlock('for', form.from, list, names)) return undefined;
    this.#locals.push(...names);
    this.#loops += 1;
    this.#state = stateInLoop(this.#state);
    return to;
  }

  #readCondition(form: Form): { condition: Expression; to: number } {
    const reader = this.#reader(form.bodyFrom);
    const { value, to } = reader.readCondition();
    this.#noteFault(reader);
    return { condition: value, to };
  }

  #readElseIf(form: Form): number {
    const { condition, to } = this.#readCondition(form);
    const block = this.#blocks.at(-1);
    if (block === undefined || block.kind === 'for') this.#fail(form.from, '{elseif} stands in no {if}');
    else if (block.hasElse) this.#fail(form.from, '{elseif} stands behind {else}');
    else {
      this.#closeBranch(block);
      block.condition = condition;
    }
    return to;
  }

  #startElse(from: number): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) this.#fail(from, '{else} stands in no {if} or {for}');
    else if (block.hasElse) this.#fail(from, `the {${block.kind}} has a second {else}`);
    else {
      this.#closeBranch(block);
      block.hasElse = true;
    }
  }

  #openBlock(kind: Block['kind'], from: number, condition: Expression, names: readonly string[]): boolean {
    if (this.#blocks.length === MAX_BLOCKS) {
      this.#fail(from, `blocks are nested deeper than ${MAX_BLOCKS}`);
      return false;
    }
    const outer = this.#parts;
    const start = this.#state;
    const rest = { ends: [], branches: [], loopBody: undefined, hasElse: false };
    this.#blocks.push({ kind, from, outer, start, condition, names, ...rest });
    this.#parts = [];
    return true;
  }

  /** Puts away what has been read since the block's last branch began. */
  #closeBranch(block: Block): void {
    block.ends.push(this.#state);
    if (block.kind === 'for') {
      block.loopBody = this.#parts;
      this.#locals.length -= block.names.length;
      this.#loops -= 1;
    } else {
      block.branches.push({ condition: block.condition, body: this.#parts });
    }
    this.#parts = [];
    this.#state = block.start;
  }

  #endBlock(from: number): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) {
      this.#fail(from, '{end} without {if}, {for} or {comment}');
      return;
    }
    let otherwise: Part[] = [];
    if (block.hasElse) {
      block.ends.push(this.#state);
      otherwise = this.#parts;
    } else {
      this.#closeBranch(block);
      block.ends.push(block.start);
    }
    this.#blocks.pop();
    this.#parts = block.outer;
    this.#parts.push(this.#blockPart(block, otherwise));
    this.#joinEnds(block, from);
  }

  #blockPart({ kind, branches, condition, names, loopBody }: Block, otherwise: readonly Part[]): Part {
    if (kind === 'if') return { kind, branches, otherwise };
    const slot = this.#locals.length;
    const isPair = names.length === 2;
    return {
      kind,
      list: condition,
      keySlot: isPair ? slot : undefined,
      valueSlot: isPair ? slot + 1 : slot,
      body: loopBody ?? [],
      otherwise,
    };
  }

  /** A value behind the block must know where it stands, whichever way was taken; and a loop's second round too. */
  #joinEnds(block: Block, from: number): void {
    let joined = block.kind === 'for' ? stateInLoop(block.start) : undefined;
    for (const end of block.ends) {
      const before = joined;
      joined = before === undefined ? end : joinStates(before, end);
      if (joined === undefined && before !== undefined) {
        const line = locate(this.#source, block.from).line;
        const ends = `${describeState(before)} and ${describeState(end)}`;
        this.#fail(
          from,
          `the ways through the {${block.kind}} of line ${line} end in different places: ${ends}`,
        );
        joined = block.start;
      }
    }
    this.#state = joined ?? block.start;
  }

  #addText(text: string): void {
    if (text === '') return;
    this.#parts.push({ kind: 'text', text });
    this.#state = advanceState(this.#state, text);
  }

  #noteFault({ fault }: ExpressionReader): boolean {
    if (fault === undefined) return false;
    this.faults.push(fault);
    this.#isMisread = true;
    return true;
  }

  #reader(at: number): ExpressionReader {
    return new ExpressionReader(this.#source, at, this.#locals, this.#loops > 0, this.uses);
  }

  #fail(offset: number, message: string): void {
    this.faults.push({ offset, message });
  }
}

function locateFaults(source: string, faults: readonly TemplateFault[]): TemplateError[] {
  return faults
    .toSorted((left, right) => left.offset - right.offset)
    .slice(0, MAX_ERRORS)
    .map(({ offset, message }) => ({ ...locate(source, offset), message }));
}

function locate(source: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (
    let feed = source.indexOf('\n');
    feed !== -1 && feed < offset;
    feed = source.indexOf('\n', lineStart)
  ) {
    line += 1;
    lineStart = feed + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
