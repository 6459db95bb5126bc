import type { ApiProblem } from '../api/api-problem';

/** Says what happened, and lets try again. */
export function ProblemNote({ problem, retry }: { problem: ApiProblem | null; retry?: () => void }) {
  if (problem === null) return null;
  return (
    <div class="note tone-bad" role="alert">
      <p>
        {problem.message}
        {problem.isPassing && retry !== undefined && ' The page goes on trying.'}
      </p>
      {retry !== undefined && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
