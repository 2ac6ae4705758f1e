import { Code } from '@mantine/core';
import { diffLines } from 'diff';

interface LineDifferenceProps {
  readonly before: string;
  readonly after: string;
}

/** Two texts in one, line by line: what went begins with −, what came with +. */
export function LineDifference({ before, after }: LineDifferenceProps) {
  const parts = diffLines(before, after).map((part, at) => ({ ...part, at }));
  return (
    <Code block style={{ maxHeight: 420, overflow: 'auto' }} tabIndex={0}>
      {parts.map(({ value, added, removed, at }) => (
        <span key={at} className={added ? 'diff-added' : removed ? 'diff-removed' : undefined}>
          {value
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => `${added ? '+' : removed ? '−' : ' '} ${line}\n`)
            .join('')}
        </span>
      ))}
    </Code>
  );
}
