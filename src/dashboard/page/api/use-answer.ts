import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from './api-problem';

/** What is known of an answer that is asked for. */
export interface Answer<Data> {
  /** The last answer; still the former one while another question is under way. */
  data: Data | null;
  problem: ApiProblem | null;
  /** The data belongs to a former question. */
  isStale: boolean;
  /** Asks again now. */
  reload(): void;
}

const maxPauseSeconds = 60;

/** How often a question is asked. */
export interface Rhythm {
  /** Seconds from an answer to the next question, 0 for once. */
  everySeconds?: number;
  isPaused?: boolean;
}

/**
 * Asks a question, again when it changes, and every few seconds if wanted, but only while somebody looks.
 * After an error that may pass it tries again by itself, less and less often.
 * @param question tells questions apart; null asks nothing
 */
export function useAnswer<Data>(
  question: string | null,
  load: (signal: AbortSignal) => Promise<Data>,
  { everySeconds = 0, isPaused = false }: Rhythm = {},
): Answer<Data> {
  const [state, setState] = useState<{
    question: string | null;
    data: Data | null;
    problem: ApiProblem | null;
  }>({
    question: null,
    data: null,
    problem: null,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // Dependencies: another round asks the same question again
  useEffect(() => {
    if (question === null || isPaused) return;
    const abort = new AbortController();
    let timer = 0;
    let failures = 0;
    let isWaiting = false;

    async function ask(): Promise<void> {
      clearTimeout(timer);
      isWaiting = false;
      let pause = everySeconds;
      try {
        const data = await latest.current(abort.signal);
        if (abort.signal.aborted) return;
        failures = 0;
        setState({ question, data, problem: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = asProblem(error);
        failures += 1;
        pause = problem.isPassing ? Math.min(maxPauseSeconds, 2 ** failures) : 0;
        setState((known) => ({ question, data: known.question === question ? known.data : null, problem }));
      }
      if (pause === 0) return;
      isWaiting = true;
      timer = setTimeout(() => document.visibilityState === 'visible' && ask(), pause * 1000);
    }
    const onVisible = () => document.visibilityState === 'visible' && isWaiting && ask();

    document.addEventListener('visibilitychange', onVisible);
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [question, everySeconds, isPaused, round]);

  return {
    data: state.data,
    problem: state.problem,
    isStale: state.question !== question,
    reload: () => setRound((number) => number + 1),
  };
}
