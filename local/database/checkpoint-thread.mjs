import { register } from 'tsx/esm/api';

// Sources are TypeScript, which a thread has to be taught to read.

register();
await import('./checkpoint-thread.ts');
