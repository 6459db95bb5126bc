import app from '../../src/index';

// This app without its workers and jobs: what is queued stays there, and only the answer costs.

export default { ...app, workerhooks: {}, jobs: {} };
