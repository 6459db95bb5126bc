import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

export const usage = `Checks the app, builds its page, deploys it by the official CLI and verifies it.

  npm run deploy -- [--space NAME] [--projectname NAME] [--plan paid|free] [--skip-tests] [--dir DIR]

  --space NAME        the space; else CODEHOOKS_SPACE, else that of config.json
  --projectname NAME  the project; else CODEHOOKS_PROJECT, else that of config.json
  --plan PLAN         the plan of the space, which decides how often the app may be called by the clock; it is asked for
                      in a terminal, and left as it is elsewhere
  --skip-tests        check types and style only
  --dir DIR           deploy the app in another folder, such as ./tools/probe, without checking or verifying it

Logged in by \`npx coho login\`, or with an admin token in CODEHOOKS_ADMIN_TOKEN, never on the command line.
With SPACE_URL, SPACE_API_KEY and MAILGUN_WEBHOOK_SIGNING_KEY set, here or in .env, \`npm run verify\` follows.
Exit code: 0 deployed (and verified), 1 not, 2 could not run.
`;

export type Plan = 'paid' | 'free';
const plan = v.optional(v.picklist(['paid', 'free'], '--plan must be paid or free.'));

export interface Arguments {
  readonly space: string;
  readonly project: string;
  readonly skipTests: boolean;
  /** What the space is to be told of its plan; undefined: nothing. */
  readonly plan: Plan | undefined;
  /** `.` is the app of this project. */
  readonly dir: string;
  /** A secret. */
  readonly adminToken: string | undefined;
}

const name = (option: string) =>
  v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/i, `${option} must be letters, digits and hyphens.`));
const spaceName = name('--space (or CODEHOOKS_SPACE)');
const projectName = name('--projectname (or CODEHOOKS_PROJECT)');
const configFile = v.object({ name: v.optional(v.string(), ''), space: v.optional(v.string(), '') });

function readConfigFile(folder: string): v.InferOutput<typeof configFile> {
  try {
    return v.parse(configFile, JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  } catch {
    return { name: '', space: '' };
  }
}

/**
 * Reads the command line.
 * @throws CannotRun with a sentence that says what is wrong
 */
export function readArguments(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Arguments | 'help' {
  if (commandLine.some((word) => word.startsWith('--admintoken'))) {
    throw new CannotRun(
      'Put the admin token into CODEHOOKS_ADMIN_TOKEN: a command line stays in the history of the shell.',
    );
  }
  const config = readConfigFile(folder);
  try {
    const { values } = parseArgs({
      args: [...commandLine],
      options: {
        space: { type: 'string' },
        projectname: { type: 'string' },
        plan: { type: 'string' },
        'skip-tests': { type: 'boolean', default: false },
        dir: { type: 'string', default: '.' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const project = values.projectname ?? (environment.CODEHOOKS_PROJECT || config.name);
    if (project === '') {
      throw new CannotRun(
        'No project: make one with "npx coho create NAME", or name it by --projectname or CODEHOOKS_PROJECT.',
      );
    }
    if (values.dir === '') throw new CannotRun('--dir must be a folder, such as ./tools/probe.');
    if (!['index.js', 'index.ts'].some((file) => existsSync(join(folder, values.dir, file)))) {
      throw new CannotRun(
        `--dir must be a folder with an index.js or index.ts, which ${values.dir} has not.`,
      );
    }
    return {
      space: v.parse(spaceName, values.space ?? (environment.CODEHOOKS_SPACE || config.space || 'dev')),
      project: v.parse(projectName, project),
      plan: v.parse(plan, values.plan),
      skipTests: values['skip-tests'],
      // Written in another way it is the app of this project still, and is checked.
      dir: resolve(folder, values.dir) === resolve(folder) ? '.' : values.dir,
      adminToken: environment.CODEHOOKS_ADMIN_TOKEN?.trim() || undefined,
    };
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
}
