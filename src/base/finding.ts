/** What a check of the doctor has found. */
export interface Finding {
  /** What was looked at, in two or three words. */
  readonly check: string;
  /** `fault`: something is lost, stuck or about to be; `warning`: somebody should look. */
  readonly level: 'ok' | 'warning' | 'fault';
  /** What was seen, with figures. */
  readonly text: string;
  /** What to do about it; absent when nothing is to be done. */
  readonly advice?: string;
}
