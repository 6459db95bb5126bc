import { useContext, useState } from 'preact/hooks';
import { useClient } from '../api/client-context';
import { changed, type Destination } from '../api/destination-answers';
import { RulesContext } from '../api/rules-context';
import { classifications } from '../format/classifications';
import { ConfirmDialog } from '../parts/confirm-dialog';
import { eventTypes } from './event-filters';

const kinds = [
  ['slack', 'Slack: an incoming webhook'],
  ['teams', 'Microsoft Teams: a workflow for webhooks'],
  ['webhook', 'A webhook of your own, signed'],
  ['email', 'E-mail by Mailgun'],
] as const;

const wanted = [
  ['alert', 'Alerts'],
  ['digest', 'The digest'],
  ['event', 'Events'],
  ['suppression.changed', 'Changes of suppressions'],
] as const;

const levels = [
  ['warn', 'Warnings'],
  ['critical', 'Critical'],
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

interface ChoicesProps {
  legend: string;
  /** Values with their names. One that is chosen and not among them is offered by its value. */
  options: readonly (readonly [value: string, name: string])[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Choices({ legend, options, chosen, onChange }: ChoicesProps) {
  const unknown = chosen.filter((value) => !options.some(([known]) => known === value));
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {[...options, ...unknown.map((value) => [value, value] as const)].map(([value, name]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ currentTarget: { checked } }) =>
              onChange(checked ? [...chosen, value] : chosen.filter((one) => one !== value))
            }
          />
          <bdi>{name}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

const listOf = (text: string) => text.split(',').flatMap((one) => one.trim() || []);

/** Leaves out what is empty: to the space it is no condition, or stays as it is. */
function filled(fields: Readonly<Record<string, string | readonly string[]>>) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.length > 0));
}

const everything: Destination['filter'] = {
  kinds: ['alert', 'digest'],
  levels: [],
  rules: [],
  domains: [],
  tags: [],
  eventTypes: [],
  classes: [],
};

interface DestinationFormProps {
  /** The one that is changed; a new one is asked for without. */
  destination?: Destination | undefined;
  onSaved: () => void;
  onClose: () => void;
}

/** Asks for a destination. What is wrong with it, the space says. */
export function DestinationForm({ destination, onSaved, onClose }: DestinationFormProps) {
  const client = useClient();
  const { rules } = useContext(RulesContext);
  const isNew = destination === undefined;
  const [kind, setKind] = useState<string>(destination?.kind ?? 'slack');
  const [filter, setFilter] = useState(destination?.filter ?? everything);
  const [values, setValues] = useState({
    name: destination?.name ?? '',
    url: '',
    secret: isNew ? newSecret() : '',
    to: '',
    from: '',
    domain: '',
    tags: filter.tags.join(', '),
    domains: filter.domains.join(', '),
  });
  const field = (name: keyof typeof values, label: string, placeholder = '') => (
    <Field
      label={label}
      placeholder={placeholder}
      value={values[name]}
      onInput={(value) => setValues((before) => ({ ...before, [name]: value }))}
    />
  );
  const choices = (name: keyof typeof filter, legend: string, options: ChoicesProps['options']) => (
    <Choices
      legend={legend}
      options={options}
      chosen={filter[name]}
      onChange={(chosen) => setFilter((before) => ({ ...before, [name]: chosen }))}
    />
  );
  const hasAlerts = filter.kinds.includes('alert');
  const hasEvents = filter.kinds.includes('event');

  async function save(): Promise<void> {
    const { name, url, secret, to, from, domain } = values;
    const conditions = filled({
      ...(hasAlerts && { levels: filter.levels, rules: filter.rules }),
      ...(hasEvents && { eventTypes: filter.eventTypes, classes: filter.classes }),
      tags: listOf(values.tags),
      domains: listOf(values.domains),
    });
    const endpoint =
      kind === 'email' ? { to: listOf(to), from, domain } : { url, ...(kind === 'webhook' && { secret }) };
    await client.ask(changed, isNew ? ['destinations'] : ['destinations', destination.id], {
      method: isNew ? 'POST' : 'PUT',
      body: {
        name,
        kind,
        filter: { kinds: filter.kinds, ...conditions },
        ...(isNew ? endpoint : filled(endpoint)),
      },
    });
    onSaved();
  }

  // What is not shown again stays when nothing is written.
  const stays = isNew ? '' : 'as it is';
  return (
    <ConfirmDialog
      title={isNew ? 'Add a destination' : 'Change the destination'}
      action={isNew ? 'Add' : 'Save'}
      onConfirm={save}
      onClose={onClose}
    >
      {field('name', 'Name', 'On call')}
      {isNew && (
        <label class="stacked">
          <span>Kind</span>
          <select value={kind} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
            {kinds.map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === 'email' ? (
        <>
          {field('to', 'To, separated by commas', stays || 'ops@example.com')}
          {field('from', 'From', stays || 'alerts@mg.example.com')}
          {field('domain', 'Sending domain', stays || 'mg.example.com')}
        </>
      ) : (
        field('url', 'URL, which is a secret: it is not shown again', stays || 'https://')
      )}
      {kind === 'webhook' && field('secret', 'Signing secret: copy it now, it is not shown again', stays)}
      {choices('kinds', 'What it is told of', wanted)}
      {hasAlerts && choices('levels', 'Only these levels; all without', levels)}
      {hasAlerts &&
        choices(
          'rules',
          'Only these alerts; all without',
          rules.map(({ name, title }) => [name, title]),
        )}
      {hasEvents &&
        choices(
          'eventTypes',
          'Only these events; all without',
          eventTypes.map((name) => [name, name]),
        )}
      {hasEvents && choices('classes', 'Only these failures; all without', Object.entries(classifications))}
      {field('domains', 'Only these sending domains', 'all')}
      {field('tags', 'Only these tags', 'all')}
    </ConfirmDialog>
  );
}
