import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../base/index.ts';
import { compareBy } from './compare-values.ts';
import { filters } from './filters.ts';
import { exists, type RenderRun } from './render-run.ts';
import type { Expression, FunctionName, LoopMember } from './template-tree.ts';

export type Evaluate = (run: RenderRun) => JsonValue;

/** Turns an expression into a function, so that rendering looks nothing up but values. The function never throws. */
export function compileExpression(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'member': {
      const { root } = expression;
      return compilePath((run) => run.scope[root] ?? null, expression.path);
    }
    case 'local': {
      const { slot } = expression;
      return compilePath((run) => run.locals[slot] ?? null, expression.path);
    }
    case 'loop': {
      const { member } = expression;
      return (run) => readLoop(run, member);
    }
    case 'call':
      return compileCall(expression.name, expression.args.map(compileExpression));
    case 'filter':
      return compileFilter(expression);
    case 'list': {
      const elements = expression.elements.map(compileExpression);
      return (run) => elements.map((element) => element(run));
    }
    case 'not': {
      const operand = compileExpression(expression.operand);
      return (run) => !exists(operand(run));
    }
    case 'and': {
      const operands = expression.operands.map(compileExpression);
      return (run) => operands.every((operand) => exists(operand(run)));
    }
    case 'or': {
      const operands = expression.operands.map(compileExpression);
      return (run) => operands.some((operand) => exists(operand(run)));
    }
    case 'compare': {
      const compare = compareBy(expression.operator);
      const [left, right] = [compileExpression(expression.left), compileExpression(expression.right)];
      return (run) => {
        run.charge(1);
        return compare(run, left(run), right(run));
      };
    }
  }
}

function compilePath(base: Evaluate, path: readonly string[]): Evaluate {
  let evaluate = base;
  for (const name of path) {
    const inner = evaluate;
    const index = /^\d+$/.test(name) ? Number(name) : -1;
    evaluate = (run) => readMember(inner(run), name, index);
  }
  return evaluate;
}

/** Only own members of objects and elements of lists; nothing of a text or a number. */
function readMember(value: JsonValue, name: string, index: number): JsonValue {
  if (Array.isArray(value)) return index < 0 ? null : (value[index] ?? null);
  return isJsonObject(value) ? (ownValue(value, name) ?? null) : null;
}

function readLoop({ round }: RenderRun, member: LoopMember): JsonValue {
  if (round === undefined) return null;
  switch (member) {
    case 'index':
      return round.index + 1;
    case 'first':
      return round.index === 0;
    case 'last':
      return round.index === round.length - 1;
    case 'length':
      return round.length;
  }
}

function compileFilter({ name, input, args }: Extract<Expression, { kind: 'filter' }>): Evaluate {
  const apply = filters.get(name)?.apply;
  const value = compileExpression(input);
  const operands = args.map(compileExpression);
  if (apply === undefined) return value;
  return (run) => {
    run.charge(1);
    const before = value(run);
    const after = run.isOver
      ? null
      : apply(
          run,
          before,
          operands.map((operand) => operand(run)),
        );
    if (typeof after === 'string' && after !== before && !run.allowText(after)) return null;
    return run.isOver ? null : after;
  };
}

function compileCall(name: FunctionName, args: readonly Evaluate[]): Evaluate {
  switch (name) {
    case 'now':
      return ({ scope: { now } }) =>
        now === undefined || Number.isNaN(now.getTime()) ? null : now.toISOString();
    case 'unsubscribe':
      return (run) => run.scope.links?.unsubscribe ?? null;
    case 'globalunsubscribe':
      return (run) => run.scope.links?.globalUnsubscribe ?? null;
    case 'subscription_field':
      return (run) => {
        const [channel = null, key = null, resource = null] = args.map((argument) => argument(run));
        const subscription = chooseSubscription(run, channel, resource);
        return subscription !== undefined && typeof key === 'string'
          ? (ownValue(subscription, key) ?? null)
          : null;
      };
  }
}

/** Of the channel, and of the resource if one is named, the one with the highest priority, which is the lowest number. */
function chooseSubscription(run: RenderRun, channel: JsonValue, resource: JsonValue): JsonObject | undefined {
  let chosen: JsonObject | undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const subscription of run.scope.subscriptions ?? []) {
    run.charge(1);
    if (ownValue(subscription, 'channel') !== channel) continue;
    if (resource !== null && String(ownValue(subscription, 'resource_id')) !== String(resource)) continue;
    const priority = ownValue(subscription, 'priority');
    const rank = typeof priority === 'number' ? priority : Number.MAX_VALUE;
    if (rank >= best) continue;
    chosen = subscription;
    best = rank;
  }
  return chosen;
}
