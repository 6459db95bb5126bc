import { vi } from 'vitest';
import { tryAddressesInOutput } from './addresses-in-output';

// What the tools wait for comes at once.
vi.mock('node:timers/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:timers/promises')>()),
  setTimeout: () => new Promise((resolve) => setImmediate(resolve)),
}));

tryAddressesInOutput(6);
