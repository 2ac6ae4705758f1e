/** What the brace at `from` begins. `bodyFrom` is where its name ends; for `word` that of a value. */
export interface Form {
  readonly kind: 'value' | 'if' | 'elseif' | 'else' | 'for' | 'end' | 'comment' | 'brace';
  readonly from: number;
  readonly bodyFrom: number;
}

const OPENING = /\{([A-Za-z_][\w-]*)/g;
const COMMENT_PART = /\{(?:(?:if|for)\s|(comment|end)\})/g;

/**
 * The next form from `at` on. Only these make a brace more than text; `{`, `{ lead.x }`, `{leader}` and `{color:red}`
 * do not:
 * - `{lead.` `{subscription.` `{apicontent.` `{message.`, inside a loop `{loop.`;
 * - inside a loop its variables, before `.`, `}` or `|`; everywhere `{now` `{unsubscribe` `{globalunsubscribe` before
 *   `}` or `|`, white space in front of which does not matter; `{subscription_field(`;
 * - `{if`, `{elseif` and `{else if` before white space, `{for` before white space and a letter;
 * - `{else}` `{end}` `{comment}` `{lb}` `{rb}`.
 */
export function findForm(
  source: string,
  at: number,
  locals: readonly string[],
  isInLoop: boolean,
): Form | undefined {
  OPENING.lastIndex = at;
  for (let found = OPENING.exec(source); found !== null; found = OPENING.exec(source)) {
    const name = found[1] ?? '';
    const end = OPENING.lastIndex;
    const kind = kindOf(source, name, end, locals, isInLoop);
    if (kind === 'elseif' && name === 'else') {
      return { kind, from: found.index, bodyFrom: source.indexOf('if', end) + 2 };
    }
    if (kind !== undefined)
      return { kind, from: found.index, bodyFrom: kind === 'value' ? found.index + 1 : end };
  }
  return undefined;
}

function kindOf(
  source: string,
  name: string,
  end: number,
  locals: readonly string[],
  isInLoop: boolean,
): Form['kind'] | undefined {
  const next = source.charAt(end);
  switch (name) {
    case 'lead':
    case 'subscription':
    case 'apicontent':
    case 'message':
      return next === '.' ? 'value' : undefined;
    case 'loop':
      return next === '.' && isInLoop ? 'value' : undefined;
    case 'subscription_field':
      return next === '(' ? 'value' : undefined;
    case 'if':
    case 'elseif':
      return /\s/.test(next) ? name : undefined;
    case 'for':
      return matchesAt(/\s+[A-Za-z_]/y, source, end) ? name : undefined;
    case 'else':
      if (next === '}') return 'else';
      return matchesAt(/\s+if\s/y, source, end) ? 'elseif' : undefined;
    case 'end':
    case 'comment':
      return next === '}' ? name : undefined;
    case 'lb':
    case 'rb':
      return next === '}' ? 'brace' : undefined;
    default:
      break;
  }
  const isCall = name === 'now' || name === 'unsubscribe' || name === 'globalunsubscribe';
  if (!isCall && !locals.includes(name)) return undefined;
  return (!isCall && next === '.') || matchesAt(/\s*[|}]/y, source, end) ? 'value' : undefined;
}

function matchesAt(pattern: RegExp, source: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(source);
}

/** Where the comment ends whose body begins at `from`; blocks inside it have ends of their own. Undefined: nowhere. */
export function findCommentEnd(source: string, from: number): number | undefined {
  COMMENT_PART.lastIndex = from;
  let open = 1;
  for (let found = COMMENT_PART.exec(source); found !== null; found = COMMENT_PART.exec(source)) {
    open += found[1] === 'end' ? -1 : 1;
    if (open === 0) return COMMENT_PART.lastIndex;
  }
  return undefined;
}
