import { isJsonObject, type JsonValue, sameJson } from '../base/index.ts';
import { numberOf, type RenderRun } from './render-run.ts';
import type { CompareOperator } from './template-tree.ts';

type Compare = (run: RenderRun, left: JsonValue, right: JsonValue) => boolean;

const compares: Readonly<Record<CompareOperator, Compare>> = {
  equal: isEqual,
  not_equal: (run, left, right) => !isEqual(run, left, right),
  contains: (run, left, right) => isIn(run, right, left),
  in: isIn,
  gt: (run, left, right) => order(run, left, right, (sign) => sign > 0),
  lt: (run, left, right) => order(run, left, right, (sign) => sign < 0),
  gte: (run, left, right) => order(run, left, right, (sign) => sign >= 0),
  lte: (run, left, right) => order(run, left, right, (sign) => sign <= 0),
};

export function compareBy(operator: CompareOperator): Compare {
  return compares[operator];
}

/** A number equals a text that spells it: fields of profiles are often texts where people think of numbers. */
function isEqual(run: RenderRun, left: JsonValue, right: JsonValue): boolean {
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    return run.allowWalk(left) && run.allowWalk(right) && sameJson(left, right);
  }
  if (typeof left === typeof right) {
    if (typeof left === 'string') run.charge(left.length);
    return left === right;
  }
  const isMixed =
    (typeof left === 'number' && typeof right === 'string') ||
    (typeof left === 'string' && typeof right === 'number');
  return isMixed && numberOf(left) === numberOf(right);
}

/** An element of a list, a part of a text, a key of an object. */
function isIn(run: RenderRun, part: JsonValue, whole: JsonValue): boolean {
  if (Array.isArray(whole)) {
    return whole.some((element) => {
      run.charge(1);
      return !run.isOver && isEqual(run, element, part);
    });
  }
  if (part === null || typeof part === 'object' || typeof part === 'boolean') return false;
  const text = String(part);
  if (isJsonObject(whole)) return Object.hasOwn(whole, text);
  if (text === '' || whole === null || typeof whole === 'boolean') return false;
  const outer = String(whole);
  run.charge(outer.length + text.length);
  return !run.isOver && outer.includes(text);
}

/** As numbers when one of them is a number, texts by their characters' codes; anything else has no order. */
function order(run: RenderRun, left: JsonValue, right: JsonValue, holds: (sign: number) => boolean): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    run.charge(Math.min(left.length, right.length));
    return holds(left < right ? -1 : left > right ? 1 : 0);
  }
  if (typeof left !== 'number' && typeof right !== 'number') return false;
  const [one, other] = [numberOf(left), numberOf(right)];
  return one !== undefined && other !== undefined && holds(one - other);
}
