/** What a person can make of a message that may have been sent. */
export const decisions = ['sent', 'repeat', 'skip'] as const;
