import queue from './queue.js';

// The same without its worker: what is queued stays there.

export default { ...queue, workerhooks: {} };
