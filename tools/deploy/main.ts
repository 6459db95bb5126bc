import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

/**
 * `npm run deploy [-- FLAGS]`: runs `coho deploy` with the given flags. The CLI ends with code 0 even when
 * it fails, so its output decides.
 */
const cli = createRequire(import.meta.url).resolve('codehooks/dist/index.js');
const child = spawn(process.execPath, [cli, 'deploy', ...process.argv.slice(2)], {
  stdio: ['inherit', 'pipe', 'inherit'],
});
const output = await text(child.stdout.on('data', (chunk: Buffer) => process.stdout.write(chunk)));
if (!output.includes('Deployed Codehook successfully')) {
  console.error(
    'The app was not deployed. Log in with `npx coho login`, make a project with `npx coho create`, and read the messages above.',
  );
  process.exitCode = 1;
}
