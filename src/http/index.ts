/** Level 7: HTTP. The dialect of the platform (v1.1), the administrators' REST (admin), health and figures. */
export type { HttpDeps } from './deps.ts';
export { createQueueSampler } from './figures/queue-sampler.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createServer } from './server.ts';
