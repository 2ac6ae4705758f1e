import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { ArgDef } from 'citty';
import { isJsonObject, type JsonObject, tryParseJson } from '../base/index.ts';
import { CliError } from './cli-error.ts';

/**
 * What a command takes. A string option may be given several times; `words` asks for all of them. The last word that
 * stands alone may stand for `several`.
 */
export type OptionTable = Readonly<Record<string, ArgDef & { readonly several?: true }>>;

type Parsed = Readonly<Record<string, readonly (string | boolean)[] | undefined>>;

function toParserOptions(table: OptionTable): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(table)
      .filter(([, { type }]) => type !== 'positional')
      .map(([name, { type }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string', multiple: true }]),
  );
}

/** Node's sentence about a bad option, without the advice after it that is meant for programmers. */
function plainFault(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [sentence = message] = message.split(/\. (?=To|Did)|\n/);
  return sentence.replace(/ <value>/, '');
}

function places(table: OptionTable): string[] {
  return Object.entries(table)
    .filter(([, { type }]) => type === 'positional')
    .map(([name]) => name);
}

/** The words of a command line, read by the table of the command. */
export class Options {
  readonly #table: OptionTable;
  readonly #values: Parsed;

  /** @throws {CliError} for an option that the table does not know, a value that is missing, a word too many. */
  constructor(table: OptionTable, words: readonly string[]) {
    this.#table = table;
    try {
      const { values, positionals } = parseArgs({
        args: [...words],
        options: toParserOptions(table),
        allowPositionals: true,
        strict: true,
      });
      const names = places(table);
      const last = names.at(-1);
      const tooMany = positionals[names.length];
      const takesMany = last !== undefined && table[last]?.several === true;
      if (tooMany !== undefined && !takesMany) throw new CliError(`“${tooMany}” is one word too many`);
      const placed = names.map((name, index): [string, string[]] => [
        name,
        takesMany && name === last ? positionals.slice(index) : positionals.slice(index, index + 1),
      ]);
      const lists = Object.entries(values).map(([name, value]): [string, (string | boolean)[]] => [
        name,
        Array.isArray(value) ? value : value === undefined ? [] : [value],
      ]);
      this.#values = Object.fromEntries([...lists, ...placed]);
    } catch (thrown) {
      if (thrown instanceof CliError) throw thrown;
      throw new CliError(plainFault(thrown));
    }
  }

  #all(name: string): readonly (string | boolean)[] {
    if (!Object.hasOwn(this.#table, name)) throw new Error(`the command has no option ${name}`);
    return this.#values[name] ?? [];
  }

  #spell(name: string): string {
    return this.#table[name]?.type === 'positional' ? name.toUpperCase() : `--${name}`;
  }

  flag(name: string): boolean {
    return this.#all(name).at(-1) === true;
  }

  /** The last one given, else the default of the table. */
  text(name: string): string | undefined {
    const value = this.#all(name).at(-1) ?? this.#table[name]?.default;
    if (value === '') throw new CliError(`${this.#spell(name)}: expected a value`);
    return typeof value === 'string' ? value : undefined;
  }

  /** @throws {CliError} when it is missing. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CliError(`${this.#spell(name)} is missing`);
    return value;
  }

  /** All that were given, in order. */
  words(name: string): string[] {
    return this.#all(name).filter((value) => typeof value === 'string');
  }

  /** All that were given, those with commas taken apart. */
  list(name: string): string[] {
    return this.words(name)
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  }

  /** A whole number of at least `least`. */
  count(name: string, least = 1): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number;
    throw new CliError(`${this.#spell(name)}: expected a whole number of at least ${least}, got “${value}”`);
  }

  requiredCount(name: string, least = 1): number {
    const value = this.count(name, least);
    if (value === undefined) throw new CliError(`${this.#spell(name)} is missing`);
    return value;
  }

  choice<const W extends string>(name: string, choices: readonly W[]): W | undefined {
    const value = this.text(name);
    const found = choices.find((choice) => choice === value);
    if (value !== undefined && found === undefined) {
      throw new CliError(`${this.#spell(name)}: expected one of ${choices.join(', ')}, got “${value}”`);
    }
    return found;
  }

  object(name: string): JsonObject | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const json = tryParseJson(value);
    if (isJsonObject(json)) return json;
    throw new CliError(`${this.#spell(name)}: expected a JSON object, such as '{"city":"Moscow"}'`);
  }
}
