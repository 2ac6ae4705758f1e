import { isJsonObject } from '../../base/index.ts';
import { type UnknownPolicy, unknownPolicies } from '../../messages/index.ts';
import { hasDotSegment, readWrittenHeaders, writtenUrlFault } from '../../outbound/index.ts';
import { renderTemplate, type Template, type TemplateScope } from '../../templates/index.ts';
import { type JsonTemplate, renderJson } from './json-template.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import { type CallRequest, type ExecuteNode, PROFILE_GONE, templateScope } from './walking-run.ts';

export const callMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type CallMethod = (typeof callMethods)[number];

export interface ApiCallNode extends NodeBase {
  readonly type: 'api_call';
  readonly method: CallMethod;
  readonly url: Template;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, Template>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'text'; readonly template: Template }
    | { readonly kind: 'json'; readonly value: JsonTemplate };
  readonly timeoutMs: number;
  readonly saveAs: string | null;
  readonly retries: number;
  readonly onUnknown: UnknownPolicy;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const DEFAULT_RETRIES = 3;

function parseMethod(reader: NodeReader): CallMethod {
  const value = reader.value('method') ?? 'POST';
  const method = callMethods.find((known) => known === value);
  if (method === undefined) reader.fault('method', `expected one of ${callMethods.join(', ')}`);
  return method ?? 'POST';
}

function parseUrl(reader: NodeReader): Template | undefined {
  const url = reader.text('url', 'required');
  if (url === undefined) return undefined;
  const fault = writtenUrlFault(url);
  if (fault !== undefined) reader.fault('url', fault);
  return reader.template('url', url, 'url');
}

function parseHeaders(reader: NodeReader): Map<string, Template> {
  const written = readWrittenHeaders(reader.value('headers'), (path, message) => reader.fault(path, message));
  const headers = new Map<string, Template>();
  for (const { name, text, path } of written) {
    const template = reader.template(path, text, 'header');
    if (template !== undefined) headers.set(name, template);
  }
  return headers;
}

/** The content type as it is written: which kind of body it is must not depend on a profile. */
function contentTypeOf(reader: NodeReader): string {
  const headers = reader.value('headers');
  if (!isJsonObject(headers)) return '';
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return typeof type === 'string' ? type : '';
}

/** A text body of a JSON type is rendered as JSON, so that no value can break out of its place. */
function isJsonType(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

function parseBody(reader: NodeReader, method: CallMethod, contentType: string): ApiCallNode['body'] {
  const body = reader.value('body');
  if (body === undefined || body === null) return { kind: 'none' };
  if (method === 'GET') {
    reader.fault('body', 'a GET has no body');
    return { kind: 'none' };
  }
  if (typeof body === 'string') {
    const template = reader.template('body', body, isJsonType(contentType) ? 'json' : 'text');
    return template === undefined ? { kind: 'none' } : { kind: 'text', template };
  }
  return { kind: 'json', value: reader.jsonTemplate('body', body) };
}

function parseSaveAs(reader: NodeReader): string | null {
  const name = reader.text('save_as', 'optional');
  if (name === undefined) return null;
  const isReserved = ['__proto__', 'constructor', 'prototype'].includes(name);
  if (isReserved || !/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u.test(name)) {
    reader.fault('save_as', 'expected a name of letters, digits and _, not beginning with a digit');
  }
  return name;
}

export function parseApiCall(reader: NodeReader): ApiCallNode | undefined {
  reader.edge('next');
  reader.edge('error');
  const method = parseMethod(reader);
  const url = parseUrl(reader);
  const headers = parseHeaders(reader);
  const body = parseBody(reader, method, contentTypeOf(reader));
  const timeoutSeconds = reader.number('timeout', DEFAULT_TIMEOUT_SECONDS, [0.1, 120], false);
  const retries = reader.number('retries', DEFAULT_RETRIES, [0, 10], true);
  const saveAs = parseSaveAs(reader);
  const onUnknown = reader.choice('on_unknown', unknownPolicies, 'optional') ?? 'repeat';
  if (url === undefined) return undefined;
  const timeoutMs = Math.round(timeoutSeconds * 1000);
  return {
    id: reader.id,
    type: 'api_call',
    method,
    url,
    headers,
    body,
    timeoutMs,
    saveAs,
    retries,
    onUnknown,
    edges: reader.edges,
  };
}

function renderBody(node: ApiCallNode, scope: TemplateScope): string | null {
  switch (node.body.kind) {
    case 'none':
      return null;
    case 'json':
      return JSON.stringify(renderJson(node.body.value, scope));
    case 'text':
      return renderTemplate(node.body.template, scope);
  }
}

function renderRequest(node: ApiCallNode, scope: TemplateScope): CallRequest {
  const headers: Record<string, string> = {};
  for (const [name, template] of node.headers) headers[name] = renderTemplate(template, scope);
  if (node.body.kind === 'json') headers['content-type'] ??= 'application/json';
  if (node.body.kind === 'text') headers['content-type'] ??= 'text/plain; charset=utf-8';
  return {
    method: node.method,
    url: renderTemplate(node.url, scope),
    headers,
    body: renderBody(node, scope),
    timeoutMs: node.timeoutMs,
  };
}

/** Queues the calls: they are sent after the transaction, and each run goes on when its call is settled. */
export const executeApiCall: ExecuteNode<ApiCallNode> = async (node, runs, scope) => {
  const profiles = await scope.profiles();
  return runs.map((run) => {
    const profile = profiles.get(run.profileId);
    if (profile === undefined) return { kind: 'fail', reason: PROFILE_GONE };
    const request = renderRequest(node, templateScope(profile, run, scope.now));
    if (hasDotSegment(request.url)) {
      const reason = `${node.id}: a value of dots in the path of the URL would lead the call elsewhere`;
      return { kind: 'fail', reason };
    }
    const { saveAs, retries, onUnknown } = node;
    return { kind: 'call', call: { request, saveAs, retries, onUnknown } };
  });
};
