import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { readNoticeSettings } from '../settings/notices';
import { type Destination, type Entry, entry } from './destination';
import { presentEndpoint } from './endpoint';

/** What `ALERT_DESTINATIONS` holds: a JSON list of destinations with names of their own. */
const entries = v.pipe(
  v.array(entry, 'it must be a list in square brackets.'),
  v.check(
    (list) => new Set(list.map(({ name }) => name)).size === list.length,
    'two destinations have the same name.',
  ),
);

/** The destinations of the settings, or the sentence that says what is wrong with them. */
export interface Configured {
  readonly destinations: ReadonlyArray<{ readonly destination: Destination; readonly entry: Entry }>;
  readonly problem: string | null;
}

/** The id of a destination of the settings: by its name, so that what was delivered is known when the rest changes. */
const idOfName = (name: string) => `settings-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const wrong = (problem: string): Configured => ({ destinations: [], problem });

/** Reads the text of `ALERT_DESTINATIONS`. The sentence on a wrong one repeats nothing of it: it holds secrets. */
export function parseConfigured(text: string): Configured {
  if (text.trim() === '') return { destinations: [], problem: null };
  const json = parseJson(text);
  if (json === undefined)
    return wrong('ALERT_DESTINATIONS is not JSON. Set it with coho set-env --encrypted.');
  const parsed = v.safeParse(entries, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const at = v.getDotPath(issue);
    return wrong(
      `ALERT_DESTINATIONS is not accepted${at === null ? '' : ` at ${at}`}: ${issue.message} Set it with coho set-env --encrypted.`,
    );
  }
  return {
    destinations: parsed.output.map((one) => ({
      entry: one,
      destination: {
        id: idOfName(one.name),
        name: one.name,
        ...presentEndpoint(one.endpoint),
        filter: one.filter,
        createdAt: null,
        source: 'settings',
      },
    })),
    problem: null,
  };
}

let last: { text: string; configured: Configured } | undefined;

/** The destinations that the settings name now. A text is parsed once. */
export function readConfigured(): Configured {
  const result = readNoticeSettings();
  if ('problem' in result) return wrong(result.problem);
  const { destinations: text } = result.settings;
  if (last?.text !== text) last = { text, configured: parseConfigured(text) };
  return last.configured;
}
