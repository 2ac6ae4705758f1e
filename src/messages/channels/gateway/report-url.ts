import type { Vault } from '../../../vault/index.ts';

const PURPOSE = 'report';

/** Where the provider of a sender sends its reports: shown in the sender, secret by its mark. */
export function reportUrl(publicUrl: string, vault: Vault, senderId: number): string {
  return `${publicUrl.replace(/\/+$/, '')}/api/reports/${senderId}/${vault.sign(PURPOSE, String(senderId))}`;
}

/** The sender of an address for reports, or undefined when this server has not made the address. */
export function readReportAddress(vault: Vault, senderId: string, mark: string): number | undefined {
  if (!/^[1-9]\d{0,8}$/.test(senderId)) return undefined;
  return vault.isSigned(PURPOSE, senderId, mark) ? Number(senderId) : undefined;
}
