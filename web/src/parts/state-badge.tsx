import { Badge } from '@mantine/core';

/** What a state means to the one who looks: nothing to do, under way, look here, broken, over. */
export type Mood = 'good' | 'busy' | 'warning' | 'bad' | 'quiet';

const colors: Readonly<Record<Mood, string>> = {
  good: 'teal',
  busy: 'blue',
  warning: 'orange',
  bad: 'red',
  quiet: 'gray',
};

/** A state in a word; the colour says nothing that the word does not. */
export function StateBadge({ mood, children }: { readonly mood: Mood; readonly children: string }) {
  return (
    <Badge color={colors[mood]} variant="light" tt="none" fw={600} miw="max-content" className="state-badge">
      {children}
    </Badge>
  );
}
