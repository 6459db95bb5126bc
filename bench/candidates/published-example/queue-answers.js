import queue from './queue.js';

// The same without its worker, which is registered under both names: what is queued stays there.

export default { ...queue, workerhooks: {}, queuehooks: {} };
