import { isJsonObject, type JsonValue } from '../base/index.ts';
import { compileExpression } from './compile-expression.ts';
import { printFor } from './print-value.ts';
import { exists, type RenderRun } from './render-run.ts';
import type { ForPart, Part } from './template-tree.ts';

export type PrintParts = (run: RenderRun) => void;

export function compileParts(parts: readonly Part[]): PrintParts {
  const prints = parts.map(compilePart);
  return (run) => {
    for (const print of prints) {
      if (run.isOver) return;
      print(run);
    }
  };
}

function compilePart(part: Part): PrintParts {
  switch (part.kind) {
    case 'text': {
      const { text } = part;
      return (run) => run.append(text);
    }
    case 'value': {
      const evaluate = compileExpression(part.value);
      const print = printFor(part.place);
      return (run) => {
        const printed = print(run, evaluate(run));
        run.append(printed);
      };
    }
    case 'if': {
      const branches = part.branches.map(({ condition, body }) => ({
        condition: compileExpression(condition),
        body: compileParts(body),
      }));
      const otherwise = compileParts(part.otherwise);
      return (run) => {
        run.charge(1);
        const taken = branches.find(({ condition }) => exists(condition(run)));
        (taken?.body ?? otherwise)(run);
      };
    }
    case 'for':
      return compileFor(part);
  }
}

function compileFor({ list, keySlot, valueSlot, ...bodies }: ForPart): PrintParts {
  const evaluate = compileExpression(list);
  const [body, otherwise] = [compileParts(bodies.body), compileParts(bodies.otherwise)];
  return (run) => {
    run.charge(1);
    const value = evaluate(run);
    const keys = isJsonObject(value) ? Object.keys(value) : undefined;
    const elements: readonly JsonValue[] = Array.isArray(value) ? value : [];
    const length = keys?.length ?? elements.length;
    run.charge(keys?.length ?? 0);
    if (length === 0) {
      otherwise(run);
      return;
    }
    const outerRound = run.round;
    for (let index = 0; index < length; index += 1) {
      if (!run.startRound()) break;
      const key = keys?.[index];
      run.locals[valueSlot] =
        (key === undefined ? elements[index] : isJsonObject(value) ? value[key] : null) ?? null;
      if (keySlot !== undefined) run.locals[keySlot] = key ?? index;
      run.round = { index, length };
      body(run);
    }
    run.round = outerRound;
  };
}
