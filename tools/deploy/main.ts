import { runCli } from '../coho/run-cli';

/** `npm run deploy [-- FLAGS]`: runs `coho deploy` with the given flags, to the cloud. */
const code = await runCli(['deploy', ...process.argv.slice(2)], { cwd: process.cwd(), env: process.env });
if (code !== 0) {
  console.error(
    'The app was not deployed. Log in with `npx coho login`, make a project with `npx coho create`, and read the messages above.',
  );
  process.exitCode = 1;
}
