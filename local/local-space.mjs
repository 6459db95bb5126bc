#!/usr/bin/env node
// The local space as a command for any app: `local-space` starts the space of the folder it is called in,
// `local-space coho ...` is the CLI of Codehooks against it.
import 'tsx';

const [, , command] = process.argv;
if (command === 'coho') {
  process.argv.splice(2, 1);
  await import('./coho/main.ts');
} else {
  await import('./main.ts');
}
