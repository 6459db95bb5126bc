import { expect, it } from 'vitest';
import { acceptedFormat } from './accepted-format';

it.each([
  ['', 'prometheus'],
  ['*/*', 'prometheus'],
  ['text/plain', 'prometheus'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
  ['APPLICATION/OpenMetrics-Text;Q=0.7,text/plain;q=0.2', 'openmetrics'],
  ['text/plain;q=0.7,application/openmetrics-text;q=0.2', 'prometheus'],
  ['application/openmetrics-text;q=0,text/plain', 'prometheus'],
  // Prometheus 2 and 3.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
])('who accepts %s gets %s', (accept, format) => {
  expect(acceptedFormat(accept)).toBe(format);
});
