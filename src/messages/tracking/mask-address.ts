/** Enough of an address to know it by, and too little to use it: `j•••@example.com`, `•••4567`. */
export function maskAddress(address: string | null): string {
  if (address === null || address === '' || address.startsWith('{')) return '';
  const at = address.lastIndexOf('@');
  if (at > 0) return `${[...address][0]}•••${address.slice(at)}`;
  return `•••${address.slice(-4)}`;
}
