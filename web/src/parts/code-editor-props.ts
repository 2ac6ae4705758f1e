export interface CodeEditorProps {
  readonly label: string;
  readonly description?: string | undefined;
  readonly value: string;
  readonly onChange?: ((value: string) => void) | undefined;
  readonly language?: 'json' | 'html' | 'text';
  readonly error?: string | undefined;
  /** Where in the text something is wrong; lines and columns from 1. */
  readonly faults?: readonly { line: number; column: number; message: string }[] | undefined;
  readonly minHeight?: string;
  readonly maxHeight?: string;
  readonly isReadOnly?: boolean;
}
