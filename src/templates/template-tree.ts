import type { JsonValue } from '../base/index.ts';

/** What a path may begin with; each is a member of the scope that a template is rendered with. */
export const roots = ['lead', 'subscription', 'apicontent', 'message'] as const;
export type Root = (typeof roots)[number];

export const compareOperators = ['equal', 'not_equal', 'contains', 'in', 'gt', 'lt', 'gte', 'lte'] as const;
export type CompareOperator = (typeof compareOperators)[number];

export const loopMembers = ['index', 'first', 'last', 'length'] as const;
export type LoopMember = (typeof loopMembers)[number];

/** Functions without arguments are written without parentheses. */
export type FunctionName = 'subscription_field' | 'now' | 'unsubscribe' | 'globalunsubscribe';

/** Paths hold names of members, and indexes of arrays in digits. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'member'; readonly root: Root; readonly path: readonly string[] }
  /** `slot` counts the loop variables that are open, from 0. */
  | { readonly kind: 'local'; readonly slot: number; readonly path: readonly string[] }
  | { readonly kind: 'loop'; readonly member: LoopMember }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
  | {
      readonly kind: 'filter';
      readonly name: string;
      readonly input: Expression;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'list'; readonly elements: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Where a value is printed, and so how it is made harmless: what each does stands at `printFor`. */
export type Place =
  | 'text'
  | 'json'
  | 'json-string'
  | 'url'
  | 'header'
  | 'html'
  | 'html-comment'
  | 'html-raw'
  | 'html-url'
  | 'html-url-part'
  | 'html-url-address'
  | 'css'
  | 'css-attribute'
  | 'script'
  | 'script-string';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Expression; readonly place: Place }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Part[] }
  | ForPart;

export interface Branch {
  readonly condition: Expression;
  readonly body: readonly Part[];
}

export interface ForPart {
  readonly kind: 'for';
  readonly list: Expression;
  /** Undefined when the loop names only the element. */
  readonly keySlot: number | undefined;
  readonly valueSlot: number;
  readonly body: readonly Part[];
  readonly otherwise: readonly Part[];
}
