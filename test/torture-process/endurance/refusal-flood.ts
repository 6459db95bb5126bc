import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import type { HostFailureResult } from '../host-failures/host-failure-result';
import { SpaceProcess } from '../space-process';
import { withFolder } from '../temporary-folder';
import { GenuineSender } from './genuine-sender';

const requests = 34_000;
const lanes = 32;
/** What needs a key, of the API and of the owner's endpoints. */
const paths = ['/api/summary', '/api/subscribers/somebody%40example.com', '/_A_D_M_logs', '/nowhere'];

/** @returns the status of the answer */
function get(url: string, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
      response.resume();
    });
    request.on('error', reject);
  });
}

/** Tens of thousands of requests without a key, after which what was in the log before is still there. */
export function refusalFlood(seed: number): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const directory = join(folder, 'space');
    const space = await SpaceProcess.serving({ directory });
    const agent = new http.Agent({ keepAlive: true, maxSockets: lanes });
    const broken: string[] = [];
    const statuses = new Map<number, number>();
    try {
      const sender = await GenuineSender.of(`${space.url}/mailgun/events`, seed);
      if ((await sender.send()) !== 200) broken.push('a genuine event before the flood was refused');
      let left = requests;
      const flood = async () => {
        while (left > 0) {
          left -= 1;
          const status = await get(`${space.url}${paths[left % paths.length]}`, agent);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: lanes }, flood));
    } finally {
      agent.destroy();
      await space.stop();
    }
    const log = await readFile(join(directory, 'log.jsonl'), 'utf8');
    const lines = log.trim().split('\n');
    const told = lines.filter((line) => line.includes('Refused ')).length;
    const refused = statuses.get(401) ?? 0;
    if (refused !== requests) broken.push(`only ${refused} of ${requests} were answered 401`);
    if (!lines[0]?.includes('event')) broken.push(`the log begins with ${lines[0]?.slice(0, 200)}`);
    if (told === 0 || told > 20) broken.push(`the log has ${told} lines about them`);
    return {
      saw: `${refused} requests without a key answered 401; ${lines.length} lines in the log, ${told} of them about that`,
      broken,
    };
  });
}
