import app from '../../src/index';

// This app without its workers and jobs: what is queued stays there, and only the answer costs. A worker is registered
// under both names.

export default { ...app, workerhooks: {}, queuehooks: {}, jobhooks: {} };
