import type { Counters } from '../api/answers';
import { exactCount, percent } from '../format/numbers';
import { Count } from '../parts/amount';

/** Opens and clicks, those by people apart from those by machines. */
export function PeopleAndBots({ counts }: { counts: Counters }) {
  const lines = [
    { name: 'Opens', all: counts.opens, bots: counts.botOpens, people: counts.peopleOpened, color: 'opened' },
    {
      name: 'Clicks',
      all: counts.clicks,
      bots: counts.botClicks,
      people: counts.peopleClicked,
      color: 'clicked',
    },
  ];
  return (
    <table>
      <caption class="hidden">Opens and clicks by people and by bots</caption>
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col" class="share-column">
            <span class="hidden">Share of people</span>
          </th>
          <th scope="col" class="number">
            By people
          </th>
          <th scope="col" class="number">
            By bots
          </th>
          <th scope="col" class="number">
            Unique people
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, all, bots, people, color }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td title={`${exactCount(bots)} of ${exactCount(all)} by bots`}>
              <span class="split">
                <span
                  class={`color-${color}`}
                  style={{ width: `${all === 0 ? 0 : ((all - bots) / all) * 100}%` }}
                />
              </span>
              <span class="hidden">{percent(all === 0 ? null : (all - bots) / all)} by people</span>
            </td>
            <td class="number">
              <Count of={all - bots} />
            </td>
            <td class="number">
              <Count of={bots} />
            </td>
            <td class="number">
              <Count of={people} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
