import { measureClients } from './many-clients.ts';
import { measureProcesses } from './many-processes.ts';
import { measureReaders } from './many-readers.ts';
import { measureSingles } from './many-singles.ts';
import type { Measure } from './measure.ts';

export const many: Measure = {
  name: 'many',
  title: 'many callers with small batches; single starts and readers beside large imports; several processes',
  against: '',
  reach: '',
  run: async (bench) => {
    bench.tell('  many clients with small batches');
    const clients = await measureClients(bench);
    bench.tell('  single starts');
    const singles = await measureSingles(bench);
    bench.tell('  one process and three');
    const processes = await measureProcesses(bench);
    bench.tell('  readers of tasks');
    return [clients, singles, processes, await measureReaders(bench)];
  },
};
