export interface CodeEditorProps {
  readonly label: string;
  readonly description?: string | undefined;
  readonly value: string;
  readonly onChange?: ((value: string) => void) | undefined;
  /** Tells that this editor has the focus, and how text gets in at its cursor, in the place of what is selected. */
  readonly onFocus?: ((insert: (text: string) => void) => void) | undefined;
  readonly language?: 'json' | 'html' | 'text';
  readonly error?: string | undefined;
  /** Where in the text something is wrong; lines and columns from 1. */
  readonly faults?: readonly { line: number; column: number; message: string }[] | undefined;
  readonly minHeight?: string;
  readonly maxHeight?: string;
  readonly isReadOnly?: boolean;
}
