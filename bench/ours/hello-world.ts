import { compileVariant } from '../measure/bundles';

/** An app that answers one route, to see what every Codehooks app weighs. */
const source = `import { app } from 'codehooks-js';
app.get('/', (req, res) => res.json({ hello: 'world' }));
export default app.init();
`;

/** Compiles the smallest bundle that the CLI makes. */
export function compileHelloWorld(): Promise<string> {
  return compileVariant({ 'index.js': source });
}
