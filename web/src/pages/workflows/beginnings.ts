/** What a new workflow begins with. */
export const beginnings = ['letter', 'reminder', 'call', 'empty'] as const;
export type Beginning = (typeof beginnings)[number];

const start = { id: 'start', type: 'start', name: 'Default' };
const end = { id: 'end', type: 'end' };

const nodes: Readonly<Record<Beginning, readonly object[]>> = {
  empty: [],
  letter: [{ ...start, next: 'send' }, { id: 'send', type: 'send', channel: 'email', next: 'end' }, end],
  reminder: [
    { ...start, next: 'wait' },
    { id: 'wait', type: 'delay', for: 'P1D', next: 'check' },
    { id: 'check', type: 'condition', filter: {}, yes: 'send', no: 'end' },
    { id: 'send', type: 'send', channel: 'email', next: 'end' },
    end,
  ],
  call: [
    { ...start, next: 'call' },
    {
      id: 'call',
      type: 'api_call',
      method: 'POST',
      url: 'https://',
      save_as: 'answer',
      next: 'end',
      error: 'failed',
    },
    end,
    { id: 'failed', type: 'end', reason: 'the call has failed' },
  ],
};

export function definitionOf(beginning: Beginning): Record<string, unknown> {
  return { nodes: nodes[beginning] };
}
