import type { SentCounts } from '../sql/count-sent-messages.ts';
import { capNames, capWindows, type SendingPolicy } from './sending-policy.ts';

/** Why one more message is too many, or undefined. `more` = let through since the counting. */
export function capFault(
  caps: SendingPolicy['caps'],
  sent: SentCounts | undefined,
  more: number,
): string | undefined {
  for (const name of capNames) {
    const cap = caps[name];
    if (cap !== undefined && (sent?.[name] ?? 0) + more >= cap) {
      return `over the cap of ${cap} ${capWindows[name]}`;
    }
  }
  return undefined;
}
