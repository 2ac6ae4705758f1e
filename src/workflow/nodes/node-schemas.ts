import { type TObject, type TProperties, Type } from 'typebox';
import { unknownPolicies } from '../../messages/index.ts';
import { channels, subscriptionEvents, subscriptionStatuses } from '../../profiles/index.ts';
import { callMethods } from './api-call.ts';
import type { EdgeName, NodeType } from './node-base.ts';
import { recipients } from './send.ts';
import { triggerEvents } from './trigger.ts';
import { selections } from './update-subscription.ts';
import { waitedEvents } from './wait-event.ts';

/**
 * What each type of node is told, as JSON Schema: the parser takes no other keys, the API describes nodes by it, and
 * forms are made of it. `format` says what a text is, `x-ref` of what an id is; edges have `x-edge`, the outcome by which
 * a run leaves through them.
 */

const edge = (outcome: EdgeName | 'branch', description: string) =>
  Type.Optional(Type.String({ description, 'x-edge': outcome }));
const reference = (to: 'resource' | 'template' | 'sender' | 'segment' | 'workflow', description: string) =>
  Type.Integer({ minimum: 1, description, 'x-ref': to });
const next = { next: edge('next', 'the node that follows') };
const filter = (format: 'filter' | 'content-filter', description: string) =>
  Type.Object({}, { additionalProperties: true, format, description });
const channel = Type.Enum(channels);
const onUnknown = Type.Optional(
  Type.Enum(unknownPolicies, {
    default: 'repeat',
    description: 'what is done when the process died and nobody knows whether it was taken',
  }),
);

function node<P extends TProperties>(properties: P, description: string) {
  return Type.Object(properties, { additionalProperties: false, description });
}

const branch = Type.Object(
  {
    share: Type.Number({ exclusiveMinimum: 0, description: 'its part of the sum of all shares' }),
    next: edge('branch', 'the node that follows'),
  },
  { additionalProperties: false },
);

const delayUntil = Type.Object(
  {
    time: Type.Optional(Type.String({ format: 'time', description: 'time of day such as 09:30' })),
    weekdays: Type.Optional(
      Type.Array(Type.Enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), {
        uniqueItems: true,
        description: 'only on these days',
      }),
    ),
    date: Type.Optional(
      Type.Object(
        {
          field: Type.String({ format: 'field', description: 'a field that holds a date' }),
          offset: Type.Optional(
            Type.String({ format: 'duration', description: 'such as -P3D for three days before' }),
          ),
          yearly: Type.Optional(Type.Boolean({ description: 'every year, as birthdays are' })),
        },
        { additionalProperties: false },
      ),
    ),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'a moment for all; stands alone' })),
  },
  { additionalProperties: false, description: 'instead of `for`' },
);

export const nodeSchemas: Readonly<Record<NodeType, TObject>> = {
  start: node(
    {
      name: Type.Optional(
        Type.Enum(['Default'], { description: 'where profiles enter that are sent by the API' }),
      ),
      on: Type.Optional(Type.Enum(triggerEvents, { description: 'instead of `name`: enters by itself' })),
      filter: Type.Optional(filter('filter', 'only profiles that meet it')),
      resource_id: Type.Optional(reference('resource', 'subscription_changed: of this resource alone')),
      channel: Type.Optional(channel),
      status: Type.Optional(Type.Enum(subscriptionStatuses, { description: 'has become this' })),
      event: Type.Optional(Type.Enum(subscriptionEvents)),
      segment_id: Type.Optional(reference('segment', 'segment_entered: which')),
      ...next,
    },
    'Where runs begin',
  ),
  content_filter: node(
    {
      filter: filter('content-filter', 'a filter over apicontent'),
      yes: edge('yes', 'where it is met'),
      no: edge('no', 'where it is not'),
    },
    'Parts runs by the content of their request',
  ),
  condition: node(
    {
      filter: filter('filter', 'a filter over the profile, its subscriptions and segments'),
      yes: edge('yes', 'where it is met'),
      no: edge('no', 'where it is not'),
    },
    'Parts runs by their profile',
  ),
  delay: node(
    {
      for: Type.Optional(Type.String({ format: 'duration', description: 'ISO 8601, such as PT30M or P2D' })),
      until: Type.Optional(delayUntil),
      zone: Type.Optional(
        Type.String({ format: 'zone', description: 'where the profile has none; UTC if absent' }),
      ),
      ...next,
      no_date: edge('no_date', 'where the profile has no such date'),
    },
    'Lets runs wait',
  ),
  split: node(
    { branches: Type.Array(branch, { minItems: 2 }) },
    'Parts runs by chance, the same way for the same profile every time',
  ),
  update_profile: node(
    {
      fields: Type.Object(
        {},
        {
          additionalProperties: true,
          format: 'field-values',
          description: 'values, templates or functional updates, by field',
        },
      ),
      ...next,
    },
    'Changes fields of the profile',
  ),
  update_subscription: node(
    {
      resource_id: reference('resource', 'of which subscriptions'),
      channel: Type.Optional(channel),
      which: Type.Optional(Type.Enum(selections, { default: 'all' })),
      status: Type.Optional(Type.Enum(subscriptionStatuses)),
      priority: Type.Optional(Type.Integer({ minimum: 0 })),
      cats: Type.Optional(
        Type.Object(
          { add: Type.Optional(Type.Array(Type.String())), remove: Type.Optional(Type.Array(Type.String())) },
          { additionalProperties: false, description: 'categories' },
        ),
      ),
      custom_fields: Type.Optional(
        Type.Object(
          {},
          { additionalProperties: true, format: 'field-values', description: 'values by name' },
        ),
      ),
      contact: Type.Optional(
        Type.Enum(['profile'], {
          description: 'makes a subscription of the own address where there is none',
        }),
      ),
      ...next,
    },
    'Changes subscriptions of the profile',
  ),
  segment: node(
    {
      add: Type.Optional(
        Type.Array(reference('segment', ''), { description: 'static segments that it joins' }),
      ),
      remove: Type.Optional(
        Type.Array(reference('segment', ''), { description: 'and those that it leaves' }),
      ),
      ...next,
    },
    'Puts the profile into segments or takes it out',
  ),
  api_call: node(
    {
      method: Type.Optional(Type.Enum(callMethods, { default: 'POST' })),
      url: Type.String({ format: 'url', description: 'a template' }),
      headers: Type.Optional(
        Type.Object({}, { additionalProperties: true, format: 'headers', description: 'templates by name' }),
      ),
      body: Type.Optional(
        Type.Unknown({ format: 'template-json', description: 'JSON with templates, or a text' }),
      ),
      timeout: Type.Optional(
        Type.Number({ minimum: 0.1, maximum: 120, default: 10, description: 'seconds' }),
      ),
      save_as: Type.Optional(Type.String({ description: 'the answer is {apicontent.NAME} from then on' })),
      retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
      on_unknown: onUnknown,
      ...next,
      error: edge('error', 'where the call has failed for good; absent = the run fails'),
    },
    'Calls an HTTP endpoint',
  ),
  send: node(
    {
      channel,
      resource_id: reference('resource', 'whose subscriptions are written to'),
      template_id: reference('template', 'what is sent'),
      sender_id: Type.Optional(reference('sender', 'absent = that of the resource')),
      to: Type.Optional(Type.Enum(recipients, { default: 'any' })),
      on_unknown: onUnknown,
      ...next,
      no_address: edge('no_address', 'where there is nobody to write to, or one must not'),
      error: edge('error', 'where it has failed for good; absent = as next'),
    },
    'Sends a message',
  ),
  wait_event: node(
    {
      event: Type.Enum(waitedEvents),
      node: Type.Optional(
        Type.String({ format: 'send-node', description: 'of the message of this send node' }),
      ),
      name: Type.Optional(Type.String({ description: 'of a custom event' })),
      timeout: Type.String({ format: 'duration', description: 'ISO 8601, such as P3D' }),
      ...next,
      timed_out: edge('timed_out', 'where it has not happened by then'),
    },
    'Waits for something to happen',
  ),
  emit: node(
    {
      event: Type.String({ description: 'a name of your own for hooks and the feed' }),
      data: Type.Optional(
        Type.Object(
          {},
          { additionalProperties: true, format: 'template-json', description: 'JSON with templates' },
        ),
      ),
      ...next,
    },
    'Tells hooks and the event feed',
  ),
  workflow_jump: node(
    {
      workflow_id: reference('workflow', 'the run ends here and begins there'),
      with_content: Type.Optional(Type.Boolean({ default: true, description: 'takes apicontent along' })),
      error: edge('error', 'where that workflow cannot be entered'),
    },
    'Goes on in another workflow',
  ),
  end: node(
    { reason: Type.Optional(Type.String({ maxLength: 200, description: 'kept with the run' })) },
    'Ends the run',
  ),
};
