import { type Clock, isJsonObject, type JsonObject, toError, tryParseJson } from '../../../base/index.ts';
import { hasDotSegment, type TargetClient, type TargetRequest } from '../../../outbound/index.ts';
import type { DeliveryOutcome, Outgoing, SenderChannel } from '../../message.ts';
import { judgeGatewayOutcome, maskSecrets } from './judge-answer.ts';
import { type RequestScope, renderRequestBody, renderRequestTemplate } from './request-template.ts';
import type { GatewaySettings } from './settings.ts';

export interface GatewayChannelOptions {
  readonly settings: GatewaySettings;
  /** By name, in the clear. They are in no reason, answer or log line. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Shared by all senders; `close` leaves it open. */
  readonly client: TargetClient;
  readonly clock: Clock;
}

const MAX_ANSWER_BYTES = 262_144;

/** The members of `message` in a request. `to` is the phone, or the id under which the provider knows the device. */
function messageScope({ id, channel, address, content }: Outgoing): JsonObject {
  const parsed = address.startsWith('{') ? tryParseJson(address) : undefined;
  const contact = isJsonObject(parsed) ? parsed : {};
  return {
    id,
    channel,
    to: contact['subscription_id'] ?? address,
    provider: contact['provider'] ?? null,
    contact,
    subject: content.subject,
    text: content.text,
    // Own properties, also of names such as __proto__.
    data: Object.fromEntries(Object.entries(content.headers)),
  };
}

function renderBody(body: GatewaySettings['request']['body'], scope: RequestScope): string | undefined {
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'text':
      return renderRequestTemplate(body.template, scope);
    case 'json':
      return JSON.stringify(renderRequestBody(body.value, scope));
    case 'form':
      return [...body.fields]
        .map(([name, template]) => `${encodeURIComponent(name)}=${renderRequestTemplate(template, scope)}`)
        .join('&');
  }
}

function renderRequest(settings: GatewaySettings, outgoing: Outgoing, scope: RequestScope): TargetRequest {
  const headers: Record<string, string> = { 'idempotency-key': outgoing.id };
  for (const [name, template] of settings.request.headers)
    headers[name] = renderRequestTemplate(template, scope);
  const body = renderBody(settings.request.body, scope);
  return {
    method: settings.request.method,
    url: renderRequestTemplate(settings.request.url, scope),
    headers,
    ...(body === undefined ? {} : { body }),
    timeoutMs: settings.timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
  };
}

function refuse(reason: string): DeliveryOutcome {
  return { kind: 'permanent', reason, badAddress: false };
}

/** Hands messages to a provider by one HTTP request each; `Idempotency-Key` is the message's id on every try. */
export function createGatewayChannel(options: GatewayChannelOptions): SenderChannel {
  const { settings, secrets, client, clock } = options;
  const missing = settings.secretNames.filter((name) => !Object.hasOwn(secrets, name));

  async function attempt(outgoing: Outgoing, signal: AbortSignal): Promise<DeliveryOutcome> {
    if (missing.length > 0) return refuse(`the sender has no secret ${missing.join(', ')}`);
    const length = [...outgoing.content.text].length;
    if (settings.maxLength !== null && length > settings.maxLength) {
      return refuse(`the text has ${length} characters, the gateway takes ${settings.maxLength}`);
    }
    const scope = { message: messageScope(outgoing), secret: { ...secrets } };
    const request = renderRequest(settings, outgoing, scope);
    if (hasDotSegment(request.url)) {
      return refuse('a value of dots in the path of the URL would lead the request elsewhere');
    }
    const outcome = await client.request({ ...request, signal });
    return judgeGatewayOutcome(settings, outcome, secrets, clock.now());
  }

  return {
    send: async (outgoing, signal) => {
      try {
        return await attempt(outgoing, signal);
      } catch (thrown) {
        return refuse(maskSecrets(`the request could not be made: ${toError(thrown).message}`, secrets));
      }
    },
    close: async () => {},
  };
}
