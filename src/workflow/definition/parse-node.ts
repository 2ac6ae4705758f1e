import { DateTime, Duration } from 'luxon';
import { isJsonObject } from '../../base/index.ts';
import type { DelayNode, FilterNode, Node, NodeType, StartNode, UpdateProfileNode } from './definition.ts';
import { type JsonTemplate, parseJsonTemplate } from './json-template.ts';
import type { NodeReader } from './node-reader.ts';
import { parseApiCall } from './parse-api-call.ts';

function parseStart(reader: NodeReader): StartNode | undefined {
  reader.edge('next');
  const name = reader.value('name') ?? 'Default';
  if (name === 'Default') return { id: reader.id, type: 'start', name, edges: reader.edges };
  reader.fault('name', 'expected Default');
  return undefined;
}

function parseFilterNode(reader: NodeReader, type: FilterNode['type']): FilterNode | undefined {
  reader.edge('yes');
  reader.edge('no');
  const filter = reader.filter('filter');
  return filter === undefined ? undefined : { id: reader.id, type, filter, edges: reader.edges };
}

/** What is wrong with a duration: not ISO 8601, parts below zero, nothing at all, or longer than ten years. */
function durationFault(duration: Duration): string | undefined {
  if (!duration.isValid) return 'expected an ISO 8601 duration such as PT30M or P1DT12H';
  const parts = Object.values(duration.toObject());
  if (parts.some((part) => part < 0)) return 'expected a duration without negative parts';
  // Months and years have no fixed length, so both ends are laid on the calendar from one day.
  const origin = DateTime.fromMillis(0, { zone: 'utc' });
  const end = origin.plus(duration);
  if (!(end.toMillis() > 0)) return 'expected a duration longer than zero';
  return end > origin.plus({ years: 10 }) ? 'expected a duration of at most ten years' : undefined;
}

function parseDelay(reader: NodeReader): DelayNode | undefined {
  reader.edge('next');
  const text = reader.text('for', 'required');
  if (text === undefined) return undefined;
  const duration = Duration.fromISO(text);
  const fault = durationFault(duration);
  if (fault === undefined) return { id: reader.id, type: 'delay', for: duration, edges: reader.edges };
  reader.fault('for', fault);
  return undefined;
}

function parseUpdateProfile(reader: NodeReader): UpdateProfileNode | undefined {
  reader.edge('next');
  const object = reader.value('fields');
  if (!isJsonObject(object) || Object.keys(object).length === 0) {
    reader.fault('fields', 'expected an object of field names and values');
    return undefined;
  }
  const fields = new Map<string, JsonTemplate>();
  for (const [name, value] of Object.entries(object)) {
    if (value === null) reader.fault(`fields.${name}`, 'expected a value: null changes nothing');
    const template = parseJsonTemplate(value, `fields.${name}`, (path, error) =>
      reader.templateFault(path, error),
    );
    fields.set(name, template);
  }
  return { id: reader.id, type: 'update_profile', fields, edges: reader.edges };
}

function parseEnd(reader: NodeReader): Node {
  const reason = reader.text('reason', 'optional');
  if (reason !== undefined && (reason.length > 200 || reason.trim() === '')) {
    reader.fault('reason', 'expected 1 to 200 characters');
  }
  return { id: reader.id, type: 'end', reason: reason ?? null, edges: reader.edges };
}

function parseKeys(reader: NodeReader, type: NodeType): Node | undefined {
  switch (type) {
    case 'start':
      return parseStart(reader);
    case 'content_filter':
    case 'condition':
      return parseFilterNode(reader, type);
    case 'delay':
      return parseDelay(reader);
    case 'update_profile':
      return parseUpdateProfile(reader);
    case 'api_call':
      return parseApiCall(reader);
    case 'end':
      return parseEnd(reader);
  }
}

/** Parses a node of a known type. Its faults are with the reader; undefined when they leave nothing to run. */
export function parseNode(reader: NodeReader, type: NodeType): Node | undefined {
  const node = parseKeys(reader, type);
  reader.refuseUnknownKeys();
  return node;
}
