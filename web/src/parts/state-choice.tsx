import { Box, SegmentedControl } from '@mantine/core';

interface StateChoiceProps<S extends string> {
  readonly label: string;
  /** What stands for no choice. */
  readonly every: string;
  readonly states: readonly S[];
  readonly nameOf: (state: S) => string;
  /** '' = every state. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One of a few states, or all of them. Where they do not fit beside each other they are pushed within their frame. */
export function StateChoice<S extends string>(props: StateChoiceProps<S>) {
  const { label, every, states, nameOf, value, onChange } = props;
  return (
    <Box mb="md" maw="100%" style={{ overflowX: 'auto' }}>
      <SegmentedControl
        aria-label={label}
        value={value}
        onChange={onChange}
        data={[
          { value: '', label: every },
          ...states.map((state) => ({ value: state, label: nameOf(state) })),
        ]}
      />
    </Box>
  );
}
