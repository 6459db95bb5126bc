import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, by the beginning of their path. One that began last would be waited for alone. */
const slow = [
  'test/dashboard/',
  'test/power-loss/',
  'test/tools/',
  'test/torture-process/',
  'local/test/coho/',
  'test/torture/',
];

/** Starts the files that take longest first, the others as vitest would. */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = `${process.cwd()}/`;
    const rank = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((start) => moduleId.replace(root, '').startsWith(start));
      return found === -1 ? slow.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
