/** The words of a page: keys of English texts, nested where they belong together. */
export interface Words {
  readonly [key: string]: string | Words;
}

type PluralOf<K> = K extends `${infer B}_other` ? B : never;

/**
 * The same keys in Russian, where a number has four forms: what ends in `_one` and `_other` in English ends in `_one`,
 * `_few`, `_many` and `_other`. A missing or superfluous key is a type error.
 */
export type Russian<T> = {
  readonly [K in keyof T as K extends `${string}_one` | `${string}_other` ? never : K]: T[K] extends string
    ? string
    : Russian<T[K]>;
} & {
  readonly [B in PluralOf<keyof T> as `${B}_one` | `${B}_few` | `${B}_many` | `${B}_other`]: string;
};
