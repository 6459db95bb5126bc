/** Text that may stand in an HTML page as it is: made by {@link html} and {@link joined}, or a constant of ours. */
export class Html {
  constructor(readonly text: string) {}
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(value: Html | string): string {
  return value instanceof Html ? value.text : value.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');
}

/** A template of HTML, in which every value that is not HTML itself is text. */
export function html(parts: TemplateStringsArray, ...values: ReadonlyArray<Html | string>): Html {
  return new Html(parts.map((part, at) => part + escaped(values[at] ?? '')).join(''));
}

/** Pieces of a page one behind the other. */
export function joined(pieces: ReadonlyArray<Html | string>, separator: Html | string = ''): Html {
  return new Html(pieces.map(escaped).join(escaped(separator)));
}
