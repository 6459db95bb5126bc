import * as v from 'valibot';
import { parseMailbox } from '../events/mailbox';
import { ask } from '../subscribers/ask';
import { free } from '../suppressions/answer';
import { parseInput, pathParameter, route, routeWithQuery } from './route';
import { addressOf } from './subscriber-view';
import { mailOf, presentVerdict, suppressionSettings } from './suppression-view';

const text = v.string('it must be a text.');
const mailParameters = v.strictObject({
  domain: v.optional(text),
  tag: v.optional(v.union([text, v.array(text)])),
  list: v.optional(text),
});

/** `GET /api/suppressions/:email?domain=&tag=&list=`: may I write to this address, with this mail, now? */
export const getSuppression = routeWithQuery(mailParameters, async (connection, request, query) => {
  const email = addressOf(pathParameter(request, 'email'));
  const mail = mailOf({ ...query, tags: query.tag === undefined ? undefined : [query.tag].flat() });
  const verdicts = await ask(connection, [email], mail, suppressionSettings(), new Date().toISOString());
  return { email, ...presentVerdict(verdicts.get(email) ?? free) };
});

/** Addresses of one request. */
const maxAddresses = 1000;

const check = v.strictObject({
  addresses: v.pipe(
    v.array(v.string('it must be a list of texts.'), 'it must be a list of addresses.'),
    v.maxLength(maxAddresses, `ask for at most ${maxAddresses} addresses at a time.`),
  ),
  domain: v.optional(text),
  tags: v.optional(v.array(text, 'it must be a list of tags.')),
  list: v.optional(text),
});

const noMailbox =
  'This is not one mail address: give one for each entry, such as alice@example.com or "Alice A." <alice@example.com>.';

/**
 * `POST /api/suppressions/check {"addresses", "domain", "tags", "list"}`: the same for up to 1,000 addresses. Each entry
 * is answered once: under `items` what must not be written to, under `free` what may, under `invalid` what is no address.
 */
export const checkSuppressions = route(async (connection, request) => {
  const { addresses, ...described } = parseInput(check, request.body);
  const mail = mailOf(described);
  const asked = addresses.map((given) => ({ given, email: parseMailbox(given) }));
  const emails = [...new Set(asked.flatMap(({ email }) => email ?? []))];
  const verdicts = await ask(connection, emails, mail, suppressionSettings(), new Date().toISOString());
  const items: object[] = [];
  const freeEntries: string[] = [];
  const invalid: object[] = [];
  for (const { given, email } of asked) {
    if (email === null) {
      invalid.push({ given, detail: noMailbox });
      continue;
    }
    const verdict = verdicts.get(email) ?? free;
    if (!verdict.suppressed) freeEntries.push(given);
    else {
      const { suppressed: _, ...rest } = presentVerdict(verdict);
      items.push({ given, email, ...rest });
    }
  }
  return { items, free: freeEntries, invalid, next: null, checked: emails.length };
});
