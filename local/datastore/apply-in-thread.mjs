import { register } from 'tsx/esm/api';

// The thread that applies the journal: sources are TypeScript, which a thread has to be taught to read.

register();
await import('./apply-in-thread.ts');
