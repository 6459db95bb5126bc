import type { Quirks } from '../../../local/switches/quirks';

/** What was found out: the answers, and sentences about what could not be answered. */
export class Findings {
  readonly quirks: Partial<Quirks> = {};
  readonly unknown: Partial<Record<keyof Quirks, string>> = {};
  readonly remarks: string[] = [];
  /** What the app cannot do without. */
  readonly alarms: string[] = [];

  found<Name extends keyof Quirks>(name: Name, value: Quirks[Name]): void {
    this.quirks[name] = value;
  }

  unclear(name: keyof Quirks, why: string): void {
    this.unknown[name] = why;
  }

  remark(sentence: string): void {
    this.remarks.push(sentence);
  }

  alarm(sentence: string): void {
    this.alarms.push(sentence);
  }
}
