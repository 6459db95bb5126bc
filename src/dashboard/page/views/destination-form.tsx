import { useState } from 'preact/hooks';
import { useClient } from '../api/client-context';
import { changed } from '../api/destination-answers';
import { ConfirmDialog } from '../parts/confirm-dialog';

const kinds = [
  ['slack', 'Slack: an incoming webhook'],
  ['teams', 'Microsoft Teams: a workflow for webhooks'],
  ['webhook', 'A webhook of your own, signed'],
  ['email', 'E-mail by Mailgun'],
] as const;
type Kind = (typeof kinds)[number][0];

const wanted = [
  ['alert', 'Alerts'],
  ['digest', 'The digest'],
  ['event', 'Every event'],
  ['suppression.changed', 'Changes of suppressions'],
] as const;

/** A new secret of Standard Webhooks. */
function newSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
}

interface FieldProps {
  label: string;
  value: string;
  placeholder: string;
  onInput: (value: string) => void;
}

function Field({ label, value, placeholder, onInput }: FieldProps) {
  return (
    <label class="stacked">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}

/** Asks for a new destination. What is wrong with it, the space says. */
export function DestinationForm({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const client = useClient();
  const [kind, setKind] = useState<Kind>('slack');
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set(['alert', 'digest']));
  const [values, setValues] = useState({
    name: '',
    url: '',
    secret: newSecret(),
    to: '',
    from: '',
    domain: '',
    tags: '',
    domains: '',
  });
  const field = (name: keyof typeof values, label: string, placeholder = '') => (
    <Field
      label={label}
      placeholder={placeholder}
      value={values[name]}
      onInput={(value) => setValues((before) => ({ ...before, [name]: value }))}
    />
  );
  const listOf = (text: string) => text.split(',').flatMap((one) => one.trim() || []);

  async function add(): Promise<void> {
    const { name, url, secret, to, from, domain } = values;
    const [tags, domains] = [listOf(values.tags), listOf(values.domains)];
    const filter = {
      kinds: [...asked],
      ...(tags.length > 0 && { tags }),
      ...(domains.length > 0 && { domains }),
    };
    const endpoint = {
      slack: { url },
      teams: { url },
      webhook: { url, secret },
      email: { to: listOf(to), from, domain },
    }[kind];
    await client.ask(changed, ['destinations'], {
      method: 'POST',
      body: { name, kind, filter, ...endpoint },
    });
    onAdded();
  }

  return (
    <ConfirmDialog title="Add a destination" action="Add" onConfirm={add} onClose={onClose}>
      {field('name', 'Name', 'On call')}
      <label class="stacked">
        <span>Kind</span>
        <select
          value={kind}
          onChange={({ currentTarget }) =>
            setKind(kinds.find(([name]) => name === currentTarget.value)?.[0] ?? 'slack')
          }
        >
          {kinds.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {kind === 'email' ? (
        <>
          {field('to', 'To, separated by commas', 'ops@example.com')}
          {field('from', 'From', 'alerts@mg.example.com')}
          {field('domain', 'Sending domain', 'mg.example.com')}
        </>
      ) : (
        field('url', 'URL, which is a secret: it is not shown again', 'https://')
      )}
      {kind === 'webhook' && field('secret', 'Signing secret: copy it now, it is not shown again')}
      <fieldset>
        <legend>What it is told of</legend>
        {wanted.map(([name, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={asked.has(name)}
              onChange={({ currentTarget: { checked } }) =>
                setAsked(
                  (before) =>
                    new Set(checked ? [...before, name] : [...before].filter((one) => one !== name)),
                )
              }
            />{' '}
            {label}
          </label>
        ))}
      </fieldset>
      {field('domains', 'Only these sending domains', 'all')}
      {field('tags', 'Only these tags', 'all')}
    </ConfirmDialog>
  );
}
