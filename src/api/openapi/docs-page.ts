import * as v from 'valibot';
import { Html, html, joined } from './html';
import { exampleOf, type Schema } from './schema';

const schema = v.custom<Schema>((value) => typeof value === 'object' && value !== null);
const contents = v.optional(v.record(v.string(), v.object({ schema })), {});
const parameter = v.object({
  name: v.string(),
  in: v.string(),
  required: v.optional(v.boolean(), false),
  description: v.optional(v.string(), ''),
  schema: v.optional(schema, {}),
});
const operation = v.object({
  summary: v.string(),
  description: v.optional(v.string(), ''),
  tags: v.optional(v.array(v.string()), []),
  parameters: v.optional(v.array(parameter), []),
  requestBody: v.optional(v.object({ content: contents })),
  responses: v.record(v.string(), v.object({ description: v.string(), content: contents })),
  security: v.optional(v.array(v.unknown())),
});
const specification = v.object({
  info: v.object({ title: v.string(), description: v.string() }),
  paths: v.record(v.string(), v.record(v.string(), operation)),
  components: v.object({ schemas: v.record(v.string(), schema) }),
});

/** The style of the page. Its policy names it by its hash. */
export const style = [
  ':root{color-scheme:light dark}',
  'body{margin:0 auto;max-width:56rem;padding:1rem;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}',
  'h2{margin-top:2.5rem}h3{margin:1.5rem 0 .25rem}summary{cursor:pointer}',
  'code,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px}',
  'pre{overflow:auto;padding:.75rem;border:1px solid light-dark(#d3d5da,#383b42);border-radius:6px}',
  'ul{padding-left:1.25rem}a{color:light-dark(#2f5fe0,#7f9ff9)}',
].join('');

const schemaId = (name: string) => `schema-${name}`;

function fields({ properties = {}, required = [] }: Schema): Html {
  const items = Object.entries(properties).map(([name, one]) => {
    const optional = required.includes(name) ? '' : ' (optional)';
    const said = one.description === undefined ? '' : ` — ${one.description}`;
    return html`<li><code>${name}</code>${optional}: ${typeOf(one)}${said}</li>`;
  });
  return html`<ul>${joined(items)}</ul>`;
}

/** What a value of a schema is, in words; a named schema is a link. */
function typeOf(one: Schema): Html {
  const { $ref, enum: values, items, anyOf, allOf, properties, additionalProperties, type, format } = one;
  const own = (): Html => {
    if ($ref !== undefined) {
      const name = $ref.slice($ref.lastIndexOf('/') + 1);
      return html`<a href="#${schemaId(name)}">${name}</a>`;
    }
    if (allOf) return joined(allOf.map(typeOf), ' and ');
    if (values)
      return joined(
        values.map((value) => html`<code>${value ?? 'null'}</code>`),
        ', ',
      );
    if (items) return html`list of ${typeOf(items)}`;
    if (properties) return html`object ${fields(one)}`;
    if (typeof additionalProperties === 'object') return html`map of ${typeOf(additionalProperties)}`;
    if (anyOf && type === undefined) return joined(anyOf.map(typeOf), ' or ');
    const formats = [format, ...(anyOf ?? []).map((other) => other.format)].filter((name) => name);
    return html`${type ?? 'any value'}${formats.length > 0 ? ` (${formats.join(' or ')})` : ''}`;
  };
  return one.nullable && !values ? html`${own()} or null` : own();
}

function exampleText(one: Schema): Html {
  const example = exampleOf(one.allOf?.[0] && one.example === undefined ? one.allOf[0] : one);
  return html`<pre>${typeof example === 'string' ? example : JSON.stringify(example, null, 2)}</pre>`;
}

function content(byType: v.InferOutput<typeof contents>): Html {
  return joined(
    Object.entries(byType).map(
      ([type, { schema: one }]) =>
        html`<details><summary>${type}: ${one.properties ? 'object' : typeOf(one)}</summary>${
          one.properties ? fields(one) : ''
        }${exampleText(one)}</details>`,
    ),
  );
}

function describeParameter({
  name,
  in: place,
  required,
  description,
  schema: one,
}: v.InferOutput<typeof parameter>) {
  const fallback = one.default === undefined ? '' : ` Without it: ${String(one.default)}.`;
  const where = place === 'path' ? ' in the path' : required ? '' : ' (optional)';
  return html`<li><code>${name}</code>${where}: ${typeOf(one)}. ${description}${fallback}</li>`;
}

function describeOperation(method: string, path: string, one: v.InferOutput<typeof operation>): Html {
  const { summary, description, parameters, requestBody, responses, security } = one;
  const answers = Object.entries(responses).map(
    ([status, answer]) => html`<li>${status}: ${answer.description}${content(answer.content)}</li>`,
  );
  return joined([
    html`<h3>${summary}</h3><p><code>${method.toUpperCase()} ${path}</code>${security?.length === 0 ? ' needs no key' : ''}</p>`,
    description === '' ? '' : html`<p>${description}</p>`,
    parameters.length === 0 ? '' : html`<ul>${joined(parameters.map(describeParameter))}</ul>`,
    requestBody === undefined ? '' : html`<p>Body:</p>${content(requestBody.content)}`,
    html`<details><summary>Answers</summary><ul>${joined(answers)}</ul></details>`,
  ]);
}

/**
 * The OpenAPI document as a page for people. It has no script and asks no other file for anything.
 * @param document as the platform answers it
 * @param documentUrl where the document itself is, relative to the page
 * @throws ValiError when it is not an OpenAPI document
 */
export function documentationPage(document: unknown, documentUrl: string): string {
  const { info, paths, components } = v.parse(specification, document);
  const byTag = new Map<string, Html[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, one] of Object.entries(methods)) {
      const tag = one.tags[0] ?? 'Other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), describeOperation(method, path, one)]);
    }
  const tags = [...byTag.keys()];
  const schemas = Object.entries(components.schemas).map(
    ([name, one]) => html`<h3 id="${schemaId(name)}">${name}</h3>${fields(one)}${exampleText(one)}`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>${info.title}: API</title><style>${new Html(style)}</style></head><body><main>
<h1>${info.title}</h1><p>${info.description} The same as data: <a href="${documentUrl}">openapi.json</a>.</p>
<pre>curl -H "x-apikey: $KEY" "$SPACE/api/campaigns?limit=10"</pre>
<ul>${joined([...tags, 'Schemas'].map((tag) => html`<li><a href="#${tag}">${tag}</a></li>`))}</ul>
${joined([...byTag].map(([tag, operations]) => html`<section><h2 id="${tag}">${tag}</h2>${joined(operations)}</section>`))}
<section><h2 id="Schemas">Schemas</h2>${joined(schemas)}</section></main></body></html>`.text;
}
