import { ExportButton } from '../parts/export-button';
import { PageHead } from '../parts/page-head';
import { DoubtfulBlocks } from './doubtful-blocks';
import { ListDifferences, MailgunLists } from './mailgun-lists';

/** Who must not be written to, as far as somebody has to decide something. */
export function SuppressionsView() {
  return (
    <>
      <PageHead title="Suppressions">
        <ExportButton path={['suppressions.csv']} name="suppressions" />
      </PageHead>
      <DoubtfulBlocks />
      <MailgunLists />
      <ListDifferences />
    </>
  );
}
