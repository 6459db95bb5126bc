import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { runCommand } from '../command';
import { findSpace } from '../find-space';
import { connectSpace } from '../space-client';
import { makeServer } from './server';

const usage = `Lets assistants read a space by the Model Context Protocol, on standard input and output.

  npm run --silent mcp -- [--url URL] [--api-key KEY]

  --url URL      base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY  API key of the space; else SPACE_API_KEY. One that may only read is enough

What is not given is that of the local space that runs on SPACE_DIR. Nothing can be changed by it. See docs/mcp.md.
`;

async function run(commandLine: string[]): Promise<number> {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      url: { type: 'string' },
      'api-key': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const space = await findSpace({ url: values.url, apiKey: values['api-key'] });
  const client = connectSpace(space);
  const server = makeServer(space, client);
  server.onclose = () => client.close();
  // The program that has started it ends it by closing its input.
  process.stdin.on('end', () => void server.close());
  await server.connect(new StdioServerTransport());
  return 0;
}

await runCommand(() => run(process.argv.slice(2)));
