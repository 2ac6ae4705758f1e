import type { JsonObject } from '../base/index.ts';
import type { EventType, NewEvent } from '../hooks/index.ts';
import type { Channel, Subscription } from '../profiles/index.ts';

/** What an event says of its message. */
export interface EventSource {
  readonly id: string;
  readonly profileId: string;
  readonly runId: string | null;
  readonly workflowId: number | null;
  readonly taskId: string | null;
  readonly node: string | null;
  readonly channel: Channel;
  readonly resourceId: number;
  readonly templateId: number;
  readonly isTest: boolean;
  /** The profile's own. */
  readonly email: string | null;
  readonly subscription: Subscription | null;
}

export function toMessageEvent(
  type: EventType,
  source: EventSource,
  data: JsonObject,
  customData: JsonObject | null,
): NewEvent {
  const { profileId, email, workflowId, resourceId, isTest, subscription } = source;
  return {
    ...{ type, profileId, email, workflowId, resourceId, isTest, customData },
    subscription: subscription === null ? null : { ...subscription },
    data: {
      ...{ message_id: source.id, resource_id: resourceId, template_id: source.templateId },
      ...{ workflow_id: workflowId, run_id: source.runId, task_id: source.taskId, node: source.node },
      channel: source.channel,
      ...data,
    },
  };
}
