import { sieges } from './torture-process/endurance/sieges';
import { refusalFlood } from './torture-process/endurance/refusal-flood';
import { largeEvents } from './torture-process/endurance/large-events';
for (const [name, run] of Object.entries({ sieges, refusalFlood, largeEvents })) console.log(name, JSON.stringify(await run(11), null, 1).replaceAll('; ', ';\n '));
process.exit(0);
