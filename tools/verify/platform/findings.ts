import type { Switches } from '../../../local/switches/switches';

/** What was found out: the answers, and sentences about what could not be answered. */
export class Findings {
  readonly switches: Partial<Switches> = {};
  readonly unknown: Partial<Record<keyof Switches, string>> = {};
  readonly remarks: string[] = [];
  /** What the app cannot do without. */
  readonly alarms: string[] = [];

  found<Name extends keyof Switches>(name: Name, value: Switches[Name]): void {
    this.switches[name] = value;
  }

  unclear(name: keyof Switches, why: string): void {
    this.unknown[name] = why;
  }

  remark(sentence: string): void {
    this.remarks.push(sentence);
  }

  alarm(sentence: string): void {
    this.alarms.push(sentence);
  }
}
