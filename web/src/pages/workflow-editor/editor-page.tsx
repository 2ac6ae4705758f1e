import { useQuery } from '@tanstack/react-query';
import { ReactFlowProvider } from '@xyflow/react';
import { useParams } from 'react-router';
import type { WorkflowObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { useNodeTypes } from './node-types.ts';
import { WorkflowEditor } from './workflow-editor.tsx';

/** The graph of a workflow, to be changed, checked and published. */
export function EditorPage() {
  const { id = '' } = useParams();
  const types = useNodeTypes();
  const workflow = useQuery({
    queryKey: ['/workflows', Number(id)],
    queryFn: ({ signal }) => api.get<WorkflowObject>(`/workflows/${id}`, {}, signal),
    // What is being drawn is not replaced under the hand of the one who draws.
    refetchOnWindowFocus: false,
  });
  return (
    <QueryView query={types}>
      {(known) => (
        <QueryView query={workflow}>
          {(loaded) => (
            <ReactFlowProvider>
              <WorkflowEditor key={loaded.id} workflow={loaded} types={known} />
            </ReactFlowProvider>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}
