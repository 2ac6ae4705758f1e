import { type Log, toError } from '../../base/index.ts';
import type { SenderChannel } from '../message.ts';
import type { DispatchSender } from './message-dispatcher-deps.ts';

interface OpenChannel {
  readonly channel: SenderChannel;
  readonly updatedAt: number;
  users: number;
  isOld: boolean;
}

/** The ways out that are open, one a sender. One whose settings have changed is closed when its last message is through. */
export class SenderChannels {
  readonly #log: Log;
  readonly #open = new Map<number, OpenChannel>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes the channel for one message; `leave` gives it back. */
  enter(sender: DispatchSender): { channel: SenderChannel; leave: () => void } {
    const updatedAt = sender.updatedAt.getTime();
    let open = this.#open.get(sender.id);
    if (open !== undefined && open.updatedAt < updatedAt) {
      this.#retire(sender.id, open);
      open = undefined;
    }
    open ??= { channel: sender.open(), updatedAt, users: 0, isOld: false };
    this.#open.set(sender.id, open);
    open.users += 1;
    const entered = open;
    return { channel: entered.channel, leave: () => this.#leave(entered) };
  }

  #leave(open: OpenChannel): void {
    open.users -= 1;
    if (open.isOld && open.users === 0) void this.#close(open);
  }

  #retire(id: number, open: OpenChannel): void {
    this.#open.delete(id);
    open.isOld = true;
    if (open.users === 0) void this.#close(open);
  }

  async #close({ channel }: OpenChannel): Promise<void> {
    try {
      await channel.close();
    } catch (thrown) {
      this.#log.error({ err: toError(thrown) }, 'the channel of a sender could not be closed');
    }
  }

  /** Closes all; nothing is sent any more. */
  async closeAll(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((one) => this.#close(one)));
  }
}
