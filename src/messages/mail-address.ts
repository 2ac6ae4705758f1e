const ONE_ADDRESS = /^[^\s,;:<>"()[\]\\@]{1,64}@[^\s,;:<>"()[\]\\@]{1,255}$/;

/** Whether a text is the bare address of one mailbox: a mail program would split one with separators in it into several. */
export function isMailAddress(text: string): boolean {
  return ONE_ADDRESS.test(text);
}
