import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  cancelMessage,
  getMessage,
  type ListedMessage,
  listMessages,
  resolveMessage,
} from '../../messages/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { noQuery } from './contract.ts';
import {
  type MessageObject,
  message,
  messageDecision,
  messagePage,
  messageParams,
  messageQuery,
} from './message-contract.ts';
import { answers, noSuch } from './routes.ts';

function printTime(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

export function toMessageObject(listed: ListedMessage): MessageObject {
  return {
    ...{ id: listed.id, status: listed.state, reason: listed.reason, database_id: listed.databaseId },
    ...{ profile_id: listed.profileId, workflow_id: listed.workflowId, version: listed.version },
    ...{ node: listed.node, run_id: listed.runId, task_id: listed.taskId, channel: listed.channel },
    ...{ resource_id: listed.resourceId, sender_id: listed.senderId },
    ...{ template_id: listed.templateId, template_version: listed.templateVersion },
    ...{ subscription_id: listed.subscriptionId, address: listed.address, is_test: listed.isTest },
    ...{ on_unknown: listed.onUnknown, under_way: listed.isUnderWay, attempts: listed.attempts },
    ...{ provider_id: listed.providerId, answer: listed.answer, bounce: listed.bounce },
    ...{ opens: listed.opens, clicks: listed.clicks },
    due_at: printTime(listed.dueAt),
    created_at: listed.createdAt.toISOString(),
    sent_at: printTime(listed.sentAt),
    settled_at: printTime(listed.settledAt),
    delivered_at: printTime(listed.deliveredAt),
    opened_at: printTime(listed.openedAt),
    clicked_at: printTime(listed.clickedAt),
    replied_at: printTime(listed.repliedAt),
    bounced_at: printTime(listed.bouncedAt),
    complained_at: printTime(listed.complainedAt),
    unsubscribed_at: printTime(listed.unsubscribedAt),
  };
}

/** @throws {MusterError} 404 also for a message that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: string): Promise<ListedMessage> {
  const found = await getMessage(deps.db, id);
  if (!sees(request, found.databaseId)) throw noSuch('message', id);
  return found;
}

function addDecisions(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, runPort } = deps;

  app.post(
    '/messages/:id/resolve',
    {
      schema: {
        summary: 'Decide what becomes of a parked message',
        params: messageParams,
        querystring: noQuery,
        body: messageDecision,
        response: answers(200, message),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      await resolveMessage(db, runPort, id, request.body.as, clock.now());
      deps.wakeEngine();
      deps.wakeMessages();
      return toMessageObject(await getMessage(db, id));
    },
  );

  app.post(
    '/messages/:id/cancel',
    {
      schema: {
        summary: 'Take back a message that is not sent yet',
        params: messageParams,
        querystring: noQuery,
        response: answers(200, message),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      await cancelMessage(db, runPort, id, clock.now());
      deps.wakeEngine();
      return toMessageObject(await getMessage(db, id));
    },
  );
}

/** Messages: what has become of them, and the decision where nobody knows. */
export function addMessages(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;

  app.get(
    '/messages',
    {
      schema: {
        summary: 'List messages, the latest first',
        querystring: messageQuery,
        response: answers(200, messagePage),
      },
    },
    async (request) => {
      const { status: state, after: before, limit = 100, ...by } = request.query;
      const found = await listMessages(db, {
        ...{ databaseIds: principalOf(request).databaseIds, state, before, limit },
        ...{ workflowId: by.workflow_id, runId: by.run_id, profileId: by.profile_id },
        ...{ senderId: by.sender_id, templateId: by.template_id, taskId: by.task_id },
      });
      return { data: found.messages.map(toMessageObject), next_after: found.next ?? null };
    },
  );

  app.get(
    '/messages/:id',
    {
      schema: {
        summary: 'Get a message',
        params: messageParams,
        querystring: noQuery,
        response: answers(200, message),
      },
    },
    async (request) => toMessageObject(await findSeen(deps, request, request.params.id)),
  );

  addDecisions(root, deps);
}
