import { Refusal, type RefusalFacts } from '../../http/refusal';

/** A request of the owner that cannot be served. The CLI prints `error` as it is: a sentence. */
export class AdminError extends Refusal {
  override name = 'AdminError';

  constructor(status: number, sentence: string, facts?: RefusalFacts) {
    super(status, sentence, sentence, facts);
  }
}
