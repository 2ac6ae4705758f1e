import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import type { EdgeName, NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

/** Deals profiles out to branches by weight. */
export interface SplitNode extends NodeBase {
  readonly type: 'split';
  /** Weights above zero; their sum is free. Those of `branch 1` first. */
  readonly shares: readonly number[];
}

const MAX_BRANCHES = 20;
const MAX_SHARE = 1_000_000;

function branchEdge(index: number): EdgeName {
  return `branch ${index + 1}`;
}

function parseBranch(reader: NodeReader, branch: JsonValue, index: number): number {
  const path = `branches[${index}]`;
  if (!isJsonObject(branch)) {
    reader.fault(path, 'expected an object with `share` and `next`');
    return 0;
  }
  for (const key of Object.keys(branch)) {
    if (key !== 'share' && key !== 'next') reader.fault(`${path}.${key}`, 'a branch has no such key');
  }
  reader.edgeTo(branchEdge(index), ownValue(branch, 'next'));
  const share = ownValue(branch, 'share');
  if (typeof share === 'number' && share > 0 && share <= MAX_SHARE) return share;
  reader.fault(`${path}.share`, `expected a number above 0, at most ${MAX_SHARE}`);
  return 0;
}

export function parseSplit(reader: NodeReader): SplitNode | undefined {
  const branches = reader.value('branches');
  if (!Array.isArray(branches) || branches.length < 2 || branches.length > MAX_BRANCHES) {
    reader.fault('branches', `expected a list of 2 to ${MAX_BRANCHES} branches`);
    return undefined;
  }
  const shares = branches.map((branch, index) => parseBranch(reader, branch, index));
  return { id: reader.id, type: 'split', shares, edges: reader.edges };
}

/**
 * The profile's place in [0, 1), the same for ever in one node of one workflow and independent of its place in others.
 * SHA-256, as a plain checksum of ids that differ in their last digits does not spread evenly.
 */
function placeOf(workflowId: number, node: string, profileId: string): number {
  const hash = createHash('sha256').update(`${workflowId} ${node} ${profileId}`).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}

export const executeSplit: ExecuteNode<SplitNode> = ({ id, shares }, runs, { workflowId }) => {
  const sum = shares.reduce((total, share) => total + share, 0);
  return runs.map(({ profileId }) => {
    let left = placeOf(workflowId, id, profileId) * sum;
    const branch = shares.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    // Rounding may leave a sliver behind the last branch.
    return { kind: 'leave', edge: branchEdge(branch < 0 ? shares.length - 1 : branch) };
  });
};
