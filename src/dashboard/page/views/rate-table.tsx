import type { Counters, Rates } from '../api/answers';
import { Count, Share } from '../parts/amount';
import { JudgedShare } from '../parts/judged-share';
import { Outside } from '../parts/outside';

interface RateTableProps {
  caption: string;
  /** What a line is. */
  subject: string;
  /** Whether the share of each line in all mail is drawn: where names are long there is no room for it. */
  hasBars?: boolean;
  lines: readonly { name: string; href?: string; totals: Counters; rates: Rates }[];
}

/** Parts of the mail side by side, each with its rates. */
export function RateTable({ caption, subject, hasBars = false, lines }: RateTableProps) {
  const most = Math.max(...lines.map(({ totals }) => totals.delivered), 1);
  return (
    <div class="table-frame">
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{subject}</th>
            <th scope="col" class="number">
              Delivered
            </th>
            <th scope="col" class="number">
              Complaint
            </th>
            <th scope="col" class="number">
              Delivery
            </th>
            <th scope="col" class="number">
              Open
            </th>
            <th scope="col" class="number wide">
              Click
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, href, totals, rates }) => (
            <tr key={name}>
              <th scope="row" class="cut">
                {href === undefined ? (
                  <Outside text={name} />
                ) : (
                  <a href={href}>
                    <Outside text={name} />
                  </a>
                )}
              </th>
              <td class="number">
                {hasBars && <span class="bar" style={{ width: `${(totals.delivered / most) * 36}px` }} />}
                <Count of={totals.delivered} />
              </td>
              <td class="number">
                {rates.complaintCoverage === 0 ? (
                  <span class="muted" title="None of these providers tells Mailgun of complaints.">
                    –
                  </span>
                ) : (
                  <JudgedShare
                    rule="complaints"
                    totals={totals}
                    of={rates.complaint}
                    part={totals.complaints}
                    whole={totals.delivered}
                  />
                )}
              </td>
              <td class="number">
                <JudgedShare
                  rule="delivery"
                  totals={totals}
                  of={rates.delivery}
                  part={totals.delivered}
                  whole={totals.sent}
                />
              </td>
              <td class="number">
                <Share of={rates.uniqueOpen} part={totals.uniqueOpens} whole={totals.delivered} />
              </td>
              <td class="number wide">
                <Share of={rates.uniqueClick} part={totals.uniqueClicks} whole={totals.delivered} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
