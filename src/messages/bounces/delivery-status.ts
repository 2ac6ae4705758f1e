/** Fields of one block of a report, names in lower case. */
export type ReportFields = ReadonlyMap<string, string>;

export interface FailedDelivery {
  readonly kind: 'hard_bounce' | 'soft_bounce';
  readonly status: string | null;
  readonly reason: string | null;
  readonly recipient: string | null;
}

const STATUS = /\b([245]\.\d{1,3}\.\d{1,3})\b/;

/** Blocks of header lines with empty lines between them; folded lines are put together. The first field of a name counts. */
export function readBlocks(text: string): ReportFields[] {
  const blocks: ReportFields[] = [];
  for (const block of text.replaceAll('\r\n', '\n').split(/\n(?:[ \t]*\n)+/)) {
    const fields = new Map<string, string>();
    for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
      const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value.trim());
    }
    if (fields.size > 0) blocks.push(fields);
  }
  return blocks;
}

/** `rfc822; john@example.com` without its type. */
function fieldValue(field: string | undefined): string | null {
  return field?.replace(/^[^;]*;\s*/, '').trim() || null;
}

/**
 * What a status means for the address: 5.1.x and 5.2.1 say that it is none, or none any more; a full mailbox, a policy
 * or a broken server says nothing of the next message. An absent or general code of a final refusal counts as hard.
 */
export function judgeStatus(status: string | null): 'hard_bounce' | 'soft_bounce' {
  if (status === null || /^5\.(?:0\.|1\.|2\.[01]$)/.test(status)) return 'hard_bounce';
  return 'soft_bounce';
}

/** The enhanced status in a text that a server has written, or the one that its three digits stand for. */
export function findStatus(text: string): string | null {
  const enhanced = STATUS.exec(text)?.[1];
  if (enhanced !== undefined) return enhanced;
  const basic = /(?:^|[\s:;(<>])([45]\d\d)[\s-]/.exec(text)?.[1];
  if (basic === undefined) return null;
  if (basic === '552' || basic === '452') return `${basic.charAt(0)}.2.2`;
  if (basic === '554') return '5.7.0';
  return `${basic.charAt(0)}.0.0`;
}

function readDelivery(fields: ReportFields): FailedDelivery | undefined {
  const action = fields.get('action')?.toLowerCase();
  if (action !== 'failed' && action !== 'delayed') return undefined;
  const reason = fieldValue(fields.get('diagnostic-code'));
  const given = STATUS.exec(fields.get('status') ?? '')?.[1] ?? null;
  const isGeneral = given === null || given.endsWith('.0.0');
  const found = isGeneral && reason !== null ? findStatus(reason) : null;
  const status = found ?? given;
  const recipient = fieldValue(fields.get('original-recipient') ?? fields.get('final-recipient'));
  return { kind: action === 'delayed' ? 'soft_bounce' : judgeStatus(status), status, reason, recipient };
}

/** The worst that a message/delivery-status (RFC 3464) tells, or undefined when nothing has failed. */
export function readDeliveryStatus(text: string): FailedDelivery | undefined {
  const failed = readBlocks(text).flatMap((fields) => readDelivery(fields) ?? []);
  return failed.find(({ kind }) => kind === 'hard_bounce') ?? failed[0];
}
